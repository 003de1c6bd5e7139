"""Verdicts about columns: names as databases have them, and votes of values."""

import pytest

from scrim.detection.catalogue import builtin_catalogue
from scrim.detection.columns import ColumnJudge, Verdict
from scrim.detection.scan import builtin_scanner
from scrim.domain.column import Column

JUDGE = ColumnJudge(builtin_catalogue().general())
PEOPLE = [
    "Grace Hopper",
    "Alan Turing",
    "Maria Garcia",
    "Hans Müller",
    "Anna Schmidt",
    "Juan Perez",
    "Wei Zhang",
    "Priya Sharma",
    "Mohamed Ali",
    "Yuki Tanaka",
    "Olga Petrova",
    "John Smith",
    "Linda Brown",
    "Pierre Dupont",
    "Kwame Mensah",
]
THINGS = [
    "Blue Widget",
    "Red Lamp",
    "Oak Table",
    "Steel Chair",
    "Cotton Shirt",
    "Leather Belt",
    "Wool Scarf",
    "Silk Tie",
    "Running Shoes",
    "Garden Hose",
    "Coffee Mug",
    "Tea Pot",
    "Desk Lamp",
    "Floor Mat",
    "Wall Clock",
    "Photo Frame",
]
NAMES: dict[str | None, str] = {
    "contact.email": """
        users.email customers.email_address accounts.EMAIL Users.EmailAddress
        employees.work_email contacts.secondaryEmail clientes.correo
        clientes.correo_electronico clients.courriel kunden.e_mail kunden.emailadresse
        leads.primary_email_addr users.e-mail people.mail orders.customer_email
        newsletter.subscriber_email users.backup_email users.useremail
    """,
    "contact.phone": """
        users.phone customers.phone_number customer.Phone employees.homePhone
        contacts.mobile people.cell clients.telephone kunden.telefon kunden.handynummer
        clientes.telefono clientes.movil clients.numero_de_telephone patient.emergency_phone
        orders.shipping_phone users.phone1 leads.tel
        customers.contact_number users.mobile_no people.msisdn
    """,
    "contact.street_address": """
        customers.address customers.street users.address1 users.address_line_2
        orders.shipping_address orders.billing_street patients.home_address kunden.strasse
        kunden.anschrift clientes.direccion clientes.calle clients.rue clienti.indirizzo
        klanten.straat customers.ship_address customer.street_name employees.residence
    """,
    "person.full": """
        customers.name users.full_name patients.patient_name employees.name
        orders.customer_name orders.recipient_name accounts.account_holder
        cards.cardholder_name personas.nombre_completo contacts.display_name users.fullName
        staff.name students.name kunden.kundenname emergency.emergency_contact
        orders.ship_to_name
    """,
    "person.given": """
        users.first_name customers.FirstName employees.fname kunden.vorname clients.prenom
        people.given_name patients.first_nm users.firstname
    """,
    "person.family": """
        users.last_name customers.LastName employees.lname kunden.nachname
        clientes.apellidos clientes.primer_apellido people.surname patients.family_name
        users.lastname people.maiden_name
    """,
    "financial.card": """
        payments.card_number orders.cc_num payments.credit_card payment_methods.pan
        payments.creditCardNumber customers.credit_card_no tarjetas.numero_tarjeta
        payments.card cards.number_card_number billing.ccnumber
    """,
    "financial.iban": """
        accounts.iban customers.IBAN payments.beneficiary_iban mandates.debtor_iban
    """,
    "us.ssn": """
        employees.ssn patients.SSN people.social_security_number applicants.soc_sec_no
        w2.employee_ssn employees.tax_id
    """,
    "network.ipv4": """
        sessions.ip logs.client_ip access_log.remote_addr logins.ip_address events.source_ip
        users.last_login_ip users.last_sign_in_ip users.current_sign_in_ip audit.ipaddr
    """,
    "network.ipv6": """
        hosts.ipv6 hosts.ipv6_address
    """,
    "contact.fax": """
        customers.fax suppliers.fax_number
    """,
    "contact.city": """
        customers.city patients.town orders.shipping_city
    """,
    "contact.country": """
        customers.country
    """,
    "contact.organization": """
        companies.company_name customers.company_name
    """,
    "person.middle": """
        users.middle_name
    """,
    "person.birth_date": """
        patients.dob users.birth_date kunden.geburtsdatum clientes.fecha_nacimiento
    """,
    "network.hostname": """
        hosts.host_name
    """,
    "network.user_agent": """
        sessions.user_agent
    """,
    "network.mac": """
        nodes.mac_address
    """,
    None: """
        products.name products.product_name categories.name files.file_name
        tables.table_name events.event_name countries.name
        cities.name products.description orders.status orders.total users.id
        users.created_at users.email_verified users.phone_verified users.last_login
        users.first_seen campaigns.name roles.name teams.name departments.name projects.name
        devices.model devices.name servers.name products.sku payments.card_type
        payments.card_brand payments.last4 payments.card_exp_month
        orders.shipping_method brands.name courses.title stores.store_name
        orders.order_number wallets.address contracts.contract_address
        events.type plans.name tags.name stations.station_name products.family
        fonts.font_family inventory.location_id users.session_id metrics.name
        schemas.schema_name
        users.username_changed_at users.email_template users.nickname_count
        products.first_sold orders.last_updated cards.title notes.body addresses.id
        phones.id emails.count flights.airline_name hotels.hotel_name songs.artist_name
    """,
}


GIVEN = ("Alan", "Nick", "Steve", "Tom", "Fred", "Mary", "Susan", "Peter", "Laura")
STATES = (
    *("Ohio", "Texas", "Utah", "Iowa", "Maine", "Nevada", "Oregon", "Kansas", "Idaho", "Florida"),
    *("Georgia", "Alaska", "Vermont"),
)


def cases() -> list[tuple[str, str | None]]:
    return [(name, entity) for entity, names in NAMES.items() for name in names.split()]


def verdict(name: str, values: list[str] | None = None, kind: str = "text") -> Verdict:
    table, _, column = name.rpartition(".")
    place = Column("public", table, column)
    expected = JUDGE.by_name(place, kind)
    values = values or []
    findings = builtin_scanner().scan(values, expected.entity if expected else None)
    return JUDGE.verdict(place, kind, values, findings)


@pytest.mark.parametrize(("name", "entity"), cases())
def test_names_as_databases_have_them(name: str, entity: str | None) -> None:
    assert verdict(name).entity == entity


def test_a_telling_name_is_settled_without_a_value() -> None:
    assert verdict("users.email") == Verdict("contact.email", 0.9, ("name email",), settled=True)


def test_values_that_agree_raise_the_confidence() -> None:
    confirmed = verdict("users.email", [f"u{number}@example.com" for number in range(40)])
    assert confirmed.confidence > 0.98
    assert confirmed.evidence == ("name email", "40 of 40 values are contact.email")


@pytest.mark.parametrize("kind", ["bool", "date", "timestamptz", "uuid", "vector"])
def test_a_type_that_can_hold_nothing_settles_it(kind: str) -> None:
    judged = verdict("users.email", kind=kind)
    assert (judged.entity, judged.settled) == (None, True)


def test_a_type_whose_values_say_nothing_is_known_by_a_telling_name() -> None:
    assert verdict("patients.birth_date", kind="date").entity == "person.birth_date"
    assert verdict("employees.salary", kind="money").entity == "financial.income"
    assert verdict("orders.created_at", kind="date").entity is None
    assert verdict("orders.is_member", kind="bool").entity is None


def test_a_type_narrows_what_a_name_can_mean() -> None:
    assert verdict("users.phone", kind="int8").entity == "contact.phone"
    assert verdict("users.full_name", kind="int8").entity is None
    assert verdict("sessions.ip", kind="inet").entity == "network.ipv4"


def test_values_decide_where_the_name_says_nothing() -> None:
    emails = verdict("x.c1", [f"u{number}@example.com" for number in range(30)])
    assert (emails.entity, emails.settled) == ("contact.email", True)
    people = verdict("x.c1", PEOPLE)
    assert (people.entity, people.settled) == ("person.full", False)
    streets = [f"{number} Main Street" for number in range(1, 21)]
    assert verdict("x.c1", streets).entity == "contact.street_address"


def test_values_confirm_a_weak_name_or_leave_it() -> None:
    assert verdict("x.name").entity is None
    assert verdict("x.name", PEOPLE[:6]).entity == "person.full"
    assert verdict("x.name", THINGS).entity is None


def test_values_that_are_clearly_another_entity_overrule_the_name() -> None:
    addresses = [f"2001:db8::{number:x}" for number in range(1, 60)]
    assert verdict("logins.ip", addresses).entity == "network.ipv6"
    emails = [f"u{number}@example.com" for number in range(60)]
    assert verdict("users.phone", emails).entity == "contact.email"


def test_a_telling_name_stays_when_its_values_say_nothing() -> None:
    assert (
        verdict("users.phone", [f"unknown {number}" for number in range(80)]).entity
        == "contact.phone"
    )


def test_chance_is_no_vote() -> None:
    numbers = [str(4_000_000_000_000_000 + 7_919 * number) for number in range(256)]
    judged = verdict("x.c1", numbers)
    assert (judged.entity, judged.settled) == (None, True)
    assert "financial.card" in judged.evidence[0]


def test_a_few_values_settle_nothing() -> None:
    judged = verdict("x.c1", ["a@example.com", "b@example.com"])
    assert (judged.entity, judged.settled) == (None, False)
    assert verdict("x.c1").evidence == ("nothing in 0 values",)


def test_the_evidence_holds_no_value() -> None:
    for values in (PEOPLE, [f"secret{number}@example.com" for number in range(30)]):
        text = " ".join(verdict("x.c1", values).evidence)
        assert not any(value in text for value in values)


def test_siblings_support_a_weak_name() -> None:
    column = Column("public", "records", "name")
    assert JUDGE.verdict(column).entity is None
    assert JUDGE.verdict(column, siblings=("id", "date_of_birth")).entity == "person.full"


@pytest.mark.parametrize(
    ("name", "values", "entity"),
    [
        ("t.c", ["Bayern", "Hessen", "Saarland", "Sachsen"], "contact.state"),
        ("t.c", ["France", "Германия", "日本"], "contact.country"),
        ("people.name", [*GIVEN], "person.given"),
        ("t.supplier", ["12", "14", "19"], None),
        ("t.player", [f"p{n:05}x{n}" for n in range(100, 116)], None),
        ("t.postal", [*STATES], "contact.state"),
    ],
)
def test_values_decide_what_a_name_leaves_open(
    name: str, values: list[str], entity: str | None
) -> None:
    assert verdict(name, values).entity == entity


def test_names_in_han_characters_are_told_by_their_families() -> None:
    assert verdict("t.c", ["王小明", "李美玲", "高橋健太", "佐藤花子", "张伟", "刘洋"]).entity == (
        "person.full"
    )
