//! Family names, put together from the parts of English place names.

/// How a name begins.
pub(super) const STEMS: &[&str] = &[
    "Ack", "Ald", "Aller", "Amber", "Ans", "Apple", "Arn", "Ash", "Aspen", "Att", "Aven", "Ayles",
    "Bag", "Bal", "Bar", "Barra", "Bay", "Beck", "Beech", "Bel", "Ben", "Ber", "Bex", "Bil",
    "Birch", "Bis", "Blen", "Bod", "Bol", "Bos", "Brack", "Brad", "Bram", "Bran", "Bren", "Brier",
    "Brim", "Brock", "Brom", "Brook", "Bux", "Cal", "Cam", "Can", "Car", "Cas", "Cath", "Chal",
    "Chat", "Ched", "Chis", "Clare", "Cleve", "Col", "Comp", "Cor", "Cot", "Cran", "Craw", "Cres",
    "Cul", "Cum", "Dal", "Dar", "Daven", "Deep", "Den", "Der", "Dor", "Dray", "Dun", "Dur", "East",
    "Ecc", "Edge", "El", "Elms", "Ems", "Ever", "Ex", "Fair", "Fal", "Farn", "Fen", "Fern",
    "Fleet", "Fox", "Fram", "Fris", "Ful", "Gar", "Gat", "Gis", "Glen", "Glos", "God", "Gos",
    "Grant", "Green", "Grim", "Had", "Hal", "Ham", "Har", "Hart", "Has", "Hath", "Haw", "Hazel",
    "Hed", "Helm", "Hem", "Hex", "High", "Hind", "Hol", "Horn", "Hux", "Hythe", "Ing", "Ivy",
    "Kel", "Ken", "Kes", "Kil", "Kings", "Kirk", "Lam", "Lang", "Lark", "Lav", "Lea", "Led", "Lim",
    "Lin", "Lock", "Long", "Lud", "Lyn", "Mal", "Mar", "Mel", "Mid", "Mil", "Mor", "Nether", "New",
    "Nor", "Oak", "Old", "Orm", "Os", "Ox", "Pem", "Pen", "Pick", "Quen", "Rad", "Ran", "Raven",
    "Red", "Rip", "Ros", "Rush", "Rye", "Sal", "Sand", "Sed", "Sel", "Shal", "Sher", "Sil", "Stan",
    "Stave", "Stoke", "Sut", "Swan", "Tam", "Tar", "Tat", "Ted", "Thorn", "Tid", "Tren", "Under",
    "Up", "Wake", "Wal", "War", "Wel", "Wen", "West", "Whit", "Wil", "Win", "Wood", "Wy", "Yar",
    "Yel",
];

/// How a name ends.
pub(super) const ENDINGS: &[&str] = &[
    "beck", "borne", "bourne", "bridge", "brook", "burgh", "bury", "by", "cliffe", "combe", "cote",
    "croft", "dale", "dene", "field", "fold", "ford", "garth", "gate", "grave", "grove", "ham",
    "hay", "holt", "hurst", "land", "leigh", "ley", "lock", "low", "mere", "more", "ridge", "sett",
    "shaw", "stead", "stock", "stone", "stow", "thorpe", "thwaite", "ton", "wade", "water", "well",
    "wick", "worth",
];
