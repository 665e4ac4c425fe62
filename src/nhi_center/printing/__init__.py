"""Fonts, glyphs, layouts, PDF files and the spool."""
