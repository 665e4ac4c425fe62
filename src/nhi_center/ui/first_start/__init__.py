"""最初の設定: the ward administrator makes a new terminal ready, step by step."""
