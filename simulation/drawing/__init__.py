"""What every picture shares: the sheet, fonts, colours and numbers."""
