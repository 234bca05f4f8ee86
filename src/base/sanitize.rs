//! Text from elsewhere, made safe to show: a terminal must not obey what a vendor or a record says.
