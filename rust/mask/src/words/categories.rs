//! What few people have in common: the words of columns with few values, in rows of one meaning.

use crate::words::countries::{COUNTRIES, TERRITORIES};
use crate::words::jobs::JOBS;

/// Rows of one meaning, each written in the same forms. Rows are permuted within their group.
pub(crate) type Group = &'static [&'static [&'static str]];

/// The groups of a list, and the form of the first of them that an unknown text gets.
pub(crate) struct List {
    pub(crate) groups: &'static [Group],
    pub(crate) form: usize,
    /// What else a word of the rows is called.
    pub(crate) others: &'static [(&'static str, &'static str)],
}

pub(crate) const COUNTRY: List = List {
    groups: &[COUNTRIES, TERRITORIES],
    form: 2,
    others: COUNTRY_NAMES,
};

pub(crate) const NATIONALITY: List = List {
    groups: &[COUNTRIES, TERRITORIES],
    form: 3,
    others: COUNTRY_NAMES,
};

/// The sexes of birth registers, with the codes of ISO/IEC 5218, and what else forms offer.
pub(crate) const GENDER: List = List {
    groups: &[
        // What has no partner of its own in a language is written as the usual one.
        &[
            &[
                "M",
                "male",
                "man",
                "boy",
                "1",
                "männlich",
                "homme",
                "masculin",
                "hombre",
                "masculino",
                "maschio",
                "masc",
                "M",
                "H",
            ],
            &[
                "F", "female", "woman", "girl", "2", "weiblich", "femme", "féminin", "mujer",
                "femenino", "femmina", "fem", "W", "F",
            ],
        ],
        &[
            &["X", "non-binary", "0"],
            &["O", "other", "9"],
            &["U", "unknown", "3"],
            &["N", "not specified", "4"],
            &["D", "prefer not to say", "5"],
        ],
        &[
            &["nonbinary"],
            &["agender"],
            &["genderqueer"],
            &["genderfluid"],
            &["intersex"],
            &["transgender"],
            &["trans man"],
            &["trans woman"],
            &["divers"],
        ],
    ],
    form: 1,
    others: &[],
};

pub(crate) const TITLE: List = List {
    groups: &[
        &[
            &["Mr", "Mr."],
            &["Mrs", "Mrs."],
            &["Ms", "Ms."],
            &["Miss", "Miss."],
        ],
        &[
            &["Dr", "Dr."],
            &["Prof", "Prof."],
            &["Rev", "Rev."],
            &["Hon", "Hon."],
            &["Mx", "Mx."],
            &["Sir", "Sir."],
        ],
        &[&["Herr", "Hr.", "Hr"], &["Frau", "Fr.", "Fr"]],
        &[
            &["Monsieur", "M.", "M"],
            &["Madame", "Mme", "Mme."],
            &["Mademoiselle", "Mlle", "Mlle."],
        ],
        &[
            &["Señor", "Sr.", "Sr"],
            &["Señora", "Sra.", "Sra"],
            &["Señorita", "Srta.", "Srta"],
        ],
        &[
            &["Signor", "Sig.", "Sig"],
            &["Signora", "Sig.ra", "Sigra"],
            &["Dottore", "Dott.", "Dott"],
        ],
        &[
            &["Dr. med."],
            &["Dr. phil."],
            &["Dr. rer. nat."],
            &["Dr.-Ing."],
            &["Dipl.-Ing."],
        ],
        &[
            &["Lord"],
            &["Lady"],
            &["Dame"],
            &["Captain"],
            &["Major"],
            &["Colonel"],
            &["Father"],
            &["Sister"],
        ],
    ],
    form: 0,
    others: &[],
};

/// With the codes of HL7 table 0002 where it has them.
pub(crate) const MARITAL_STATUS: List = List {
    groups: &[
        &[
            &[
                "single",
                "S",
                "ledig",
                "célibataire",
                "soltero",
                "soltera",
                "celibe",
            ],
            &[
                "married",
                "M",
                "verheiratet",
                "marié",
                "casado",
                "casada",
                "coniugato",
            ],
            &[
                "divorced",
                "D",
                "geschieden",
                "divorcé",
                "divorciado",
                "divorciada",
                "divorziato",
            ],
            &[
                "widowed",
                "W",
                "verwitwet",
                "veuf",
                "viudo",
                "viuda",
                "vedovo",
            ],
            &[
                "separated",
                "L",
                "getrennt",
                "séparé",
                "separado",
                "separada",
                "separato",
            ],
        ],
        &[
            &["never married", "U"],
            &["domestic partnership", "T"],
            &["civil partnership", "P"],
            &["annulled", "A"],
            &["common-law", "C"],
            &["engaged", "E"],
        ],
        &[
            &["unmarried"],
            &["cohabiting"],
            &["civil union"],
            &["in a relationship"],
            &["remarried"],
        ],
        &[
            &["unknown"],
            &["other"],
            &["not specified"],
            &["prefer not to say"],
        ],
    ],
    form: 0,
    others: &[],
};

pub(crate) const BLOOD_TYPE: List = List {
    groups: &[
        &[
            &[
                "A+",
                "A positive",
                "A pos",
                "A Rh+",
                "A RhD positive",
                "A+ve",
                "Apos",
            ],
            &[
                "A-",
                "A negative",
                "A neg",
                "A Rh-",
                "A RhD negative",
                "A-ve",
                "Aneg",
            ],
            &[
                "B+",
                "B positive",
                "B pos",
                "B Rh+",
                "B RhD positive",
                "B+ve",
                "Bpos",
            ],
            &[
                "B-",
                "B negative",
                "B neg",
                "B Rh-",
                "B RhD negative",
                "B-ve",
                "Bneg",
            ],
            &[
                "AB+",
                "AB positive",
                "AB pos",
                "AB Rh+",
                "AB RhD positive",
                "AB+ve",
                "ABpos",
            ],
            &[
                "AB-",
                "AB negative",
                "AB neg",
                "AB Rh-",
                "AB RhD negative",
                "AB-ve",
                "ABneg",
            ],
            &[
                "O+",
                "O positive",
                "O pos",
                "O Rh+",
                "O RhD positive",
                "O+ve",
                "Opos",
            ],
            &[
                "O-",
                "O negative",
                "O neg",
                "O Rh-",
                "O RhD negative",
                "O-ve",
                "Oneg",
            ],
        ],
        &[&["A"], &["B"], &["AB"], &["O"]],
    ],
    form: 0,
    others: &[],
};

pub(crate) const EDUCATION: List = List {
    groups: &[
        &[
            &["High school"],
            &["Associate's degree"],
            &["Bachelor's degree"],
            &["Master's degree"],
            &["Doctorate"],
            &["Vocational training"],
            &["Some college"],
            &["Primary school"],
            &["No schooling"],
        ],
        &[
            &["Associate"],
            &["Bachelor"],
            &["Master"],
            &["PhD"],
            &["Diploma"],
            &["Secondary"],
            &["Primary"],
            &["Certificate"],
        ],
        &[
            &["BA"],
            &["BSc"],
            &["MA"],
            &["MSc"],
            &["MBA"],
            &["MD"],
            &["JD"],
            &["BS"],
            &["MS"],
        ],
    ],
    form: 0,
    others: &[],
};

pub(crate) const JOB: List = List {
    groups: &[JOBS],
    form: 0,
    others: &[],
};

const COUNTRY_NAMES: &[(&str, &str)] = &[
    ("UK", "GB"),
    ("U.K.", "GB"),
    ("U.S.", "US"),
    ("U.S.A.", "USA"),
    ("United States of America", "United States"),
    ("Great Britain", "United Kingdom"),
    ("Czechia", "Czech Republic"),
    ("Türkiye", "Turkey"),
    ("Russian Federation", "Russia"),
    ("Viet Nam", "Vietnam"),
    ("Korea", "South Korea"),
    ("Republic of Korea", "South Korea"),
    ("The Netherlands", "Netherlands"),
    ("Holland", "Netherlands"),
    ("Côte d'Ivoire", "Ivory Coast"),
    ("Macedonia", "North Macedonia"),
    ("Deutschland", "Germany"),
    ("Österreich", "Austria"),
    ("Schweiz", "Switzerland"),
    ("España", "Spain"),
    ("Italia", "Italy"),
    ("Brasil", "Brazil"),
    ("México", "Mexico"),
    ("Polska", "Poland"),
    ("Nederland", "Netherlands"),
    ("Sverige", "Sweden"),
    ("Danmark", "Denmark"),
    ("Norge", "Norway"),
    ("Suomi", "Finland"),
];
