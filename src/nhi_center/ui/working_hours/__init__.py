"""業務の時間: a page of 精度, and the line over the reports' table."""
