"""保管庫: the fields in which what is in one is counted; its page stands in 名簿・研修, its count in 終業点検."""
