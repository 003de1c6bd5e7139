//! Streets and cities.

/// Invented towns.
pub(crate) const CITIES: &[&str] = &[
    "Aldermoor", "Amberwick", "Ashbourne", "Barrowdale", "Beckhaven", "Bellmarsh", "Birchester",
    "Blackmere", "Bramfield", "Brightholm", "Brookhaven", "Calderport", "Carrowby", "Cedarholt",
    "Chalkford", "Cherrywell", "Clearwater", "Coldspring", "Copperfield", "Cranmouth",
    "Crestview", "Dalebridge", "Deepwater", "Dunmarsh", "Eastbrook", "Elderfield", "Elmsworth",
    "Fairhaven", "Fallowdale", "Fernbrook", "Foxborough", "Glenhaven", "Goldmere", "Granthorpe",
    "Greenholt", "Hartwell", "Hawksmoor", "Hazelport", "Highmarsh", "Hollowbrook", "Ironbridge",
    "Juniper", "Kestrelton", "Kingsmere", "Lakeview", "Larkhill", "Lindenford", "Longmeadow",
    "Maplewood", "Marlbrook", "Meadowvale", "Millhaven", "Northwick", "Oakhurst", "Orchardton",
    "Pinecrest", "Queensferry", "Ravenport", "Redcliff", "Riverton", "Rosedale", "Rowanfield",
    "Saltmarsh", "Sandhaven", "Silverlake", "Southmere", "Springvale", "Stonewell", "Summerton",
    "Sunfield", "Thornbury", "Umberfield", "Valebrook", "Wheatley", "Whitewater", "Willowby",
    "Winterbourne", "Woodhaven", "Yarrowdale",
];

/// What a street is called.
pub(crate) const STREET_KINDS: &[&str] = &[
    "Street", "Avenue", "Road", "Lane", "Drive", "Court", "Place", "Terrace", "Way", "Close",
    "Crescent", "Gardens",
];
