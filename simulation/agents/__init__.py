"""Those who decide: provincial leaders, city leadership groups, county pilots, citizens."""
