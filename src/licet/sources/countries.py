"""Country headings of the lists in part 744, as ISO 3166-1 alpha-2 codes."""

from __future__ import annotations

# A heading is a group of rows, not a statement on sovereignty; Crimea has its own heading and
# keeps it in the row's notes, because other rules (746.6) treat it apart.
HEADINGS: dict[str, str] = {
    "AFGHANISTAN": "AF", "ARGENTINA": "AR", "ARMENIA": "AM", "AUSTRALIA": "AU", "AUSTRIA": "AT",
    "AZERBAIJAN": "AZ", "BAHRAIN": "BH", "BELARUS": "BY", "BELGIUM": "BE", "BELIZE": "BZ",
    "BOLIVIA": "BO", "BRAZIL": "BR", "BULGARIA": "BG", "BURMA": "MM", "CAMBODIA": "KH",
    "CANADA": "CA", "CHILE": "CL", "CHINA, PEOPLE'S REPUBLIC OF": "CN", "COSTA RICA": "CR",
    "CRIMEA REGION OF UKRAINE": "UA", "CUBA": "CU", "CYPRUS": "CY", "CZECH REPUBLIC": "CZ",
    "DENMARK": "DK", "ECUADOR": "EC", "EGYPT": "EG", "ESTONIA": "EE", "FINLAND": "FI",
    "FRANCE": "FR", "GEORGIA": "GE", "GERMANY": "DE", "GREECE": "GR", "HONG KONG": "HK",
    "HUNGARY": "HU", "INDIA": "IN", "INDONESIA": "ID", "IRAN": "IR", "IRAQ": "IQ",
    "IRELAND": "IE", "ISRAEL": "IL", "ITALY": "IT", "JAMAICA": "JM", "JAPAN": "JP",
    "JORDAN": "JO", "KAZAKHSTAN": "KZ", "KENYA": "KE", "KYRGYZSTAN": "KG", "LAOS": "LA",
    "LATVIA": "LV", "LEBANON": "LB", "LITHUANIA": "LT", "LUXEMBOURG": "LU", "MADAGASCAR": "MG",
    "MALAYSIA": "MY", "MALTA": "MT", "MEXICO": "MX", "MONTENEGRO": "ME", "MOROCCO": "MA",
    "NETHERLANDS": "NL", "NEW ZEALAND": "NZ", "NICARAGUA": "NI", "NORTH MACEDONIA": "MK",
    "NORWAY": "NO", "OMAN": "OM", "PAKISTAN": "PK", "PANAMA": "PA", "PARAGUAY": "PY",
    "PERU": "PE", "PHILIPPINES": "PH", "POLAND": "PL", "PORTUGAL": "PT", "QATAR": "QA",
    "ROMANIA": "RO", "RUSSIA": "RU", "SAUDI ARABIA": "SA", "SENEGAL": "SN", "SERBIA": "RS",
    "SINGAPORE": "SG", "SLOVAKIA": "SK", "SOUTH AFRICA": "ZA", "SOUTH KOREA": "KR",
    "SOUTH SUDAN": "SS", "SPAIN": "ES", "SRI LANKA": "LK", "SWEDEN": "SE", "SWITZERLAND": "CH",
    "SYRIA": "SY", "TAIWAN": "TW", "THAILAND": "TH", "TURKEY": "TR", "TÜRKIYE": "TR",
    "UGANDA": "UG",
    "UKRAINE": "UA", "UNITED ARAB EMIRATES": "AE", "UNITED KINGDOM": "GB", "UZBEKISTAN": "UZ",
    "VENEZUELA": "VE", "VIETNAM": "VN",
}  # fmt: skip
