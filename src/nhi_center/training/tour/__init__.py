"""One office day worked by itself, through the real windows."""
