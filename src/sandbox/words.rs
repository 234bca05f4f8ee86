//! The words that made-up people, companies and deals are put together from.

pub(crate) static FIRST: &[&str] = &[
    "Ada", "Alan", "Amara", "Anika", "Aroha", "Bao", "Beatriz", "Bilal", "Carmen", "Chidi", "Clara", "Dalia", "Daniel",
    "Dmitri", "Elif", "Elena", "Emeka", "Farah", "Femi", "Freya", "Gael", "Grace", "Hana", "Hugo", "Ibrahim", "Ines",
    "Ivy", "Jamal", "Jonas", "José", "Kaia", "Kenji", "Lars", "Leila", "Linh", "Lucía", "Mateo", "Mei", "Mira", "Nadia",
    "Niko", "Noor", "Olga", "Omar", "Otto", "Pia", "Priya", "Quinn", "Rafael", "Rosa", "Ruth", "Samir", "Sanna", "Søren",
    "Tariq", "Tess", "Uma", "Vera", "Viktor", "Wanda", "Xiu", "Yara", "Yusuf", "Zoë",
];

pub(crate) static LAST: &[&str] = &[
    "Abara", "Adeyemi", "Almeida", "Andersen", "Bakker", "Banerjee", "Bianchi", "Castillo", "Cohen", "Dubois", "Eriksen",
    "Farouk", "Fischer", "Garcia", "Gupta", "Haddad", "Hansen", "Ito", "Ivanova", "Jansen", "Kaya", "Kim", "Kowalski",
    "Laine", "Lindqvist", "Lopes", "Mbeki", "Mendes", "Moreau", "Müller", "Nakamura", "Nguyen", "Novak", "O'Brien",
    "Okafor", "Osei", "Park", "Patel", "Pereira", "Quispe", "Rahman", "Rossi", "Sato", "Schmidt", "Silva", "Singh",
    "Sørensen", "Tanaka", "Torres", "Umar", "Varga", "Vasquez", "Weber", "Wójcik", "Xu", "Yamada", "Yilmaz", "Zhang",
];

pub(crate) static COMPANY_START: &[&str] = &[
    "Amber", "Aster", "Basalt", "Beacon", "Birch", "Blue Heron", "Cedar", "Cobalt", "Copper", "Delta", "Ember", "Fjord",
    "Granite", "Harbor", "Hazel", "Indigo", "Juniper", "Kestrel", "Lantern", "Maple", "Meridian", "Northwind", "Oak",
    "Orchid", "Pebble", "Pine", "Quartz", "Raven", "Sable", "Slate", "Summit", "Tamarack", "Tidal", "Umber", "Vale",
    "Willow",
];

pub(crate) static COMPANY_END: &[&str] = &[
    "Analytics", "Bakery", "Bikes", "Brewing", "Clinics", "Coffee", "Design", "Energy", "Farms", "Foods", "Freight",
    "Games", "Glass", "Health", "Homes", "Instruments", "Kitchens", "Labs", "Logistics", "Media", "Motors", "Optics",
    "Outdoor", "Paper", "Pharma", "Robotics", "Schools", "Software", "Studios", "Textiles", "Tools", "Travel",
];

/// City, country, the country's dialling code.
pub(crate) static PLACES: &[(&str, &str, &str)] = &[
    ("Accra", "Ghana", "233"),
    ("Amsterdam", "Netherlands", "31"),
    ("Auckland", "New Zealand", "64"),
    ("Austin", "United States", "1"),
    ("Bengaluru", "India", "91"),
    ("Berlin", "Germany", "49"),
    ("Bogotá", "Colombia", "57"),
    ("Copenhagen", "Denmark", "45"),
    ("Dublin", "Ireland", "353"),
    ("Hanoi", "Vietnam", "84"),
    ("Istanbul", "Türkiye", "90"),
    ("Kraków", "Poland", "48"),
    ("Lagos", "Nigeria", "234"),
    ("Lisbon", "Portugal", "351"),
    ("Lyon", "France", "33"),
    ("Montréal", "Canada", "1"),
    ("Nairobi", "Kenya", "254"),
    ("Osaka", "Japan", "81"),
    ("São Paulo", "Brazil", "55"),
    ("Seoul", "South Korea", "82"),
    ("Sheffield", "United Kingdom", "44"),
    ("Valencia", "Spain", "34"),
];

pub(crate) static JOBS: &[&str] = &[
    "Account Manager", "Analyst", "Architect", "Bookkeeper", "Buyer", "CEO", "Chemist", "Controller", "Data Engineer",
    "Designer", "Developer", "Director of Sales", "Electrician", "Founder", "Head of Operations", "HR Partner",
    "Lab Manager", "Marketing Lead", "Nurse", "Office Manager", "Planner", "Product Manager", "Purchasing Agent",
    "Researcher", "Sales Engineer", "Teacher", "VP Finance", "Warehouse Lead",
];

pub(crate) static DEAL_WORDS: &[&str] = &[
    "annual plan", "expansion", "fleet order", "migration", "new site", "onboarding", "pilot", "platform licence",
    "refit", "renewal", "seat upgrade", "starter package", "support contract", "training days",
];

pub(crate) static GOODS: &[&str] = &[
    "Barcode scanner", "Cargo bike", "Day of training", "Desk lamp", "Espresso machine", "Field kit", "Floor heater",
    "Gateway", "Heat pump", "Label printer", "Meeting table", "Notebook stand", "Portable battery", "Sensor pack",
    "Shelf system", "Solar panel", "Standing desk", "Storage plan", "Support hour", "Thermal camera", "Water filter",
    "Workbench",
];

pub(crate) static PROBLEMS: &[&str] = &[
    "Badge reader offline", "Cannot sign in", "Delivery arrived damaged", "Export stops halfway",
    "Invoice shows the wrong address", "Label printer jams", "Missing part in the parcel", "Password reset loops",
    "Please change our plan", "Question about the last invoice", "Screen stays dark", "Slow since Monday",
    "Two charges for one order", "Where is my order?",
];

pub(crate) static NOTES: &[&str] = &[
    "Met at the trade fair.\nWants a quote by Friday.",
    "Prefers \"phone first\", then e-mail.",
    "Path on their side: C:\\orders\\2026",
    "Asked about delivery to the second site\tand about service hours.",
    "Très intéressé ; rappeler après 14 h.",
    "お見積りを送ってください。",
    "Great call today 🎉",
    "Budget approved; needs <b>two</b> signatures & a PO.",
];

/// A word that the number chooses.
pub(crate) fn pick(words: &[&'static str], number: u64) -> &'static str {
    words[(number % words.len() as u64) as usize]
}

/// Any thing that the number chooses.
pub(crate) fn choose<T>(things: &[T], number: u64) -> &T {
    &things[(number % things.len() as u64) as usize]
}
