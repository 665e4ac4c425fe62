"""The one style sheet. Parts are told apart by the dynamic properties ``part``, ``tone`` and ``state``."""

from __future__ import annotations

STYLE_SHEET = """
QWidget { color: #1a1a1a; font-family: "BIZ UDGothic"; font-size: 16px; }
QMainWindow, QDialog, QWidget[part="page"] { background: #ffffff; }
QToolTip { background: #ffffff; color: #1a1a1a; border: 1px solid #767676; padding: 4px; font-size: 14px; }

QLabel[part="title"] { font-size: 20px; font-weight: bold; }
QLabel[part="heading"] { font-size: 16px; font-weight: bold; }
QLabel[part="dense"] { font-size: 14px; }
QLabel[part="secondary"] { font-size: 14px; color: #4d4d4d; }
QLabel[part="number"] { font-size: 32px; font-weight: bold; }
QLabel[part="unit"] { font-size: 18px; font-weight: bold; }
QLabel[part="label"] { font-size: 14px; }
QLabel[part="mark"] { font-size: 12px; color: #d90000; }
QLabel[part="note"] { font-size: 14px; color: #4d4d4d; }
QLabel[part="note"][tone="reading"] { color: #0017c1; }
QLabel[part="note"][tone="warning"] { color: #8b3200; }
QLabel[part="note"][tone="error"] { color: #ce0000; }

QFrame[part="card"] { background: #ffffff; border: 1px solid #cccccc; border-radius: 8px; }
QFrame[part="panel"] { background: #f2f2f2; border: 1px solid #cccccc; border-radius: 8px; }

QLabel[part="chip"] { font-size: 13px; border-radius: 4px; padding: 0px 8px; border: 1px solid #767676;
    background: #f2f2f2; color: #4d4d4d; }
QLabel[part="chip"][tone="info"] { border-color: #7096f8; background: #e8f1fe; color: #0017c1; }
QLabel[part="chip"][tone="done"] { border-color: #71c598; background: #e6f5ec; color: #115a36; }
QLabel[part="chip"][tone="warning"] { border-color: #ff8d44; background: #ffeee2; color: #8b3200; }
QLabel[part="chip"][tone="error"] { border-color: #ff7171; background: #fdeeee; color: #a90000; }
QLabel[part="chip"][tone="training"] { border-color: #b78f00; background: #fbf0b2; color: #4d3f00; font-weight: bold; }

QLabel[part="keycap"] { font-size: 13px; border: 1px solid #4d4d4d; border-bottom: 2px solid #4d4d4d; border-radius: 4px;
    padding: 0px 6px; background: #ffffff; color: #1a1a1a; }

QLineEdit, QPlainTextEdit { background: #ffffff; border: 1px solid #767676; border-radius: 4px; font-size: 18px;
    padding: 0px 10px;
    selection-background-color: #0017c1; selection-color: #ffffff; }
QPlainTextEdit { padding: 4px 6px; font-size: 16px; }
QLineEdit:focus, QPlainTextEdit:focus { border: 2px solid #0017c1; padding: 0px 9px; }
QPlainTextEdit:focus { padding: 3px 5px; }
QLineEdit[state="unconfirmed"], QLineEdit[state="carried"] { background: #fbf3e0; }
QLineEdit[state="warning"], QPlainTextEdit[state="warning"] { border: 2px solid #c74700; padding: 0px 9px; }
QLineEdit[state="error"], QPlainTextEdit[state="error"] { border: 2px solid #d90000; padding: 0px 9px; }
QLineEdit:disabled, QLineEdit[readOnlyLook="true"] { background: #f2f2f2; color: #4d4d4d; border-color: #cccccc; }

QPushButton[part="primary"], QPushButton[part="plain"] { border: 1px solid #0017c1; border-radius: 6px;
    background: #ffffff; }
QPushButton[part="primary"] { background: #0017c1; }
QPushButton[part="primary"]:hover { background: #00118f; }
QPushButton[part="primary"]:disabled { background: #8f97e0; border-color: #8f97e0; }
QPushButton[part="plain"]:hover { background: #e8f1fe; }
QPushButton[part="plain"]:disabled { border-color: #cccccc; }
QPushButton[part="plain"]:checked { background: #0017c1; }
QPushButton[part="danger"] { border: 1px solid #ce0000; border-radius: 6px; background: #ffffff; }
QPushButton[part="danger"]:hover { background: #fdeeee; }
QPushButton[part="link"] { border: none; min-height: 24px; background: transparent; color: #0017c1; text-decoration: underline;
    font-size: 14px; padding: 0 2px; }

QTableView, QListView { background: #ffffff; border: 1px solid #cccccc; border-radius: 8px; font-size: 14px;
    gridline-color: #e0e0e0;
    selection-background-color: #e8f1fe; selection-color: #1a1a1a; outline: none; }
QTableView:focus, QListView:focus { border-color: #0017c1; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section { background: #f2f2f2; color: #4d4d4d; font-size: 14px; border: none;
    border-bottom: 1px solid #767676; padding: 0px 8px; }
QHeaderView::section:first { border-top-left-radius: 7px; }
QHeaderView::section:last, QHeaderView::section:only-one { border-top-right-radius: 7px; }
QTableCornerButton::section { background: #f2f2f2; border: none; }

QScrollArea { border: none; background: transparent; }
QScrollBar:vertical { background: #f2f2f2; width: 12px; margin: 0; border: none; }
QScrollBar::handle:vertical { background: #949494; border-radius: 4px; min-height: 32px; margin: 2px; }
QScrollBar:horizontal { background: #f2f2f2; height: 12px; margin: 0; border: none; }
QScrollBar::handle:horizontal { background: #949494; border-radius: 4px; min-width: 32px; margin: 2px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QProgressBar { border: 1px solid #767676; border-radius: 4px; background: #ffffff; text-align: center;
    font-size: 14px; max-height: 18px; }
QProgressBar::chunk { background: #b7c9fb; border-radius: 3px; }
QCheckBox { spacing: 8px; }
QMenu { background: #ffffff; border: 1px solid #767676; padding: 4px; font-size: 16px; }
QMenu::item { padding: 6px 24px 6px 12px; }
QMenu::item:selected { background: #e8f1fe; color: #1a1a1a; }

QWidget#header { background: #ffffff; border-bottom: 1px solid #cccccc; }
QWidget#navigation { background: #f2f2f2; border-right: 1px solid #cccccc; }
QWidget#key_bar { background: #f2f2f2; border-top: 1px solid #cccccc; }
QWidget#status_bar { background: #1a1a1a; }
QWidget#status_bar QLabel { color: #ffffff; font-size: 14px; }
QPushButton[part="status"] { color: #ffffff; font-size: 14px; border: none; background: transparent;
    padding: 0px 14px; min-height: 32px; }
QPushButton[part="status"]:hover { background: #333333; }
QPushButton[part="status"][tone="warning"] { color: #ffbbbb; font-weight: bold; }
QPushButton[part="status"][tone="error"] { color: #ffbbbb; font-weight: bold; }
QWidget#overlay { background: #ffffff; border-left: 2px solid #0017c1; }

QWidget#message_bar { background: #e8f1fe; border-top: 1px solid #7096f8; }
QWidget#message_bar[tone="done"] { background: #e6f5ec; border-top-color: #71c598; }
QWidget#message_bar[tone="warning"] { background: #ffeee2; border-top-color: #ff8d44; }
QWidget#message_bar[tone="error"] { background: #fdeeee; border-top-color: #ff7171; }
"""
