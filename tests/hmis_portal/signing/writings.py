"""Names in the writing of people who found agencies in Connecticut, and then some."""

import datetime as dt
from types import SimpleNamespace as Row

from hmis_portal.text.words import instant_lines
from hmis_portal.typesetting import pdf

AT = dt.datetime(2026, 12, 5, 4, 30, 7, tzinfo=dt.UTC)
WRITINGS = [
    "Nguyễn Thị Phương", "Ștefan Țepeș", "Αθήνα Ελπίδα", "Дом надежды Ґїє", "Բարեւ", "საქართველო",
    "בית שלום תּוֹדָה", "مركز الأمل (فرع ٢)", "سلام‌علیکم", "มูลนิธิบ้านพักใจ", "ສະບາຍດີ", "ភាសាខ្មែរ ស្រ្តី",
    "မြန်မာဘာသာ", "हिन्दी क्षत्रिय", "বাংলা ক্ষমা", "ગુજરાતી", "ਪੰਜਾਬੀ", "தமிழ்", "తెలుగు", "ಕನ್ನಡ", "മലയാളം", "ଓଡ଼ିଆ",
    "සිංහල ශ්‍රී", "አማርኛ", "希望之家 國際", "한국어", "ひらがなカタカナ", "Kim 🌈 Park 👩🏽‍⚕️ ❤️ ✓", "Casa � Niño ½", "Ngā ʻOhana ꞌEha ɂ",
    "a\u200d\ufe0fb\u202ec\u202c\u00add\x07", "x\u0330e\u0301", "ﬁ ǅ ß",
]  # fmt: skip
NOT_SET = "ߒߞߏ"  # N’Ko: the portal has no typeface for it
LONG = ("Harborhousewithoutanyblank" * 8)[:200]


def stamp(name, *, title="", label="", authority=""):
    """What is drawn into the signature box."""
    act = Row(typed_name=name, legal_name=name, title=title, authority=authority, method="typed", pk="7c0062e7",
              file_sha256="ab" * 32)  # fmt: skip
    context = {"act": act, "party": Row(label=label), "signed_at": instant_lines(AT), "development": True, "term": None,
               "portal_name": "CT HMIS Onboarding Portal"}  # fmt: skip
    return pdf.render_stamp("pdf/stamp.html", context)
