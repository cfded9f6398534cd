"""Shared by pictures, reports and commands: the sheet, fonts, colours, pages, progress and numbers."""
