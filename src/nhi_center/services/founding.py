"""最初の設定, from the terminal's keys to its founder: what makes a store that only this terminal and its people open."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from nhi_center.domain import going_live, password_policy, recovery, typed_code
from nhi_center.domain.first_start import Plan
from nhi_center.domain.operators import Role
from nhi_center.domain.recovery import RecoveryFault
from nhi_center.domain.room_rules import PasswordRules
from nhi_center.domain.typed_code import TypedWrong
from nhi_center.errors import OperatorError
from nhi_center.files import replace_file
from nhi_center.keys.account_book import AccountBook
from nhi_center.keys.accounts import Account, enrol, unlock
from nhi_center.keys.passwords import FLOOR, calibrated
from nhi_center.keys.places import SecretService
from nhi_center.keys.recovery import RecoverySlot, save_public
from nhi_center.keys.room_key import RoomKeyBook
from nhi_center.keys.slots import Contents, SlotBook
from nhi_center.keys.terminal import TerminalKeys, create, load
from nhi_center.link import enrolling, wire_enrolment
from nhi_center.link.client import AddressPolicy, GatewayLink
from nhi_center.services import trust_list
from nhi_center.services.first_start import FirstStart, keep, settings_of
from nhi_center.services.joining import room_accounts
from nhi_center.services.password_rules import blocklist
from nhi_center.services.premises import link_settings
from nhi_center.settings import Segment, Settings

CA = "ca.pem"


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where the gateway is, and what its ``enrol`` showed: the one-time code and the fingerprint, as they were typed."""

    host: str
    port: int
    server_name: str
    code: str = field(repr=False)
    fingerprint: str


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What somebody types to get an account."""

    person: str
    name: str
    password: str = field(repr=False)
    repeated: str = field(repr=False)


def make_keys(start: FirstStart, plan: Plan) -> Plan:
    """Make the terminal's keys in the keyring, or find those of an earlier try. Raises EnvironmentTrouble KY-*."""
    place = SecretService()
    try:
        keys = create(place, plan.terminal)
    except FileExistsError:
        keys = load(place, plan.terminal)
        if settings_of(plan).store.exists():
            raise OperatorError(
                "この名前の端末の鍵とデータベースが、もうこの端末にあります。設定をやり直さずに、区の担当者に連絡してください。",
                code="registered-already",
            ) from None
    settings = settings_of(plan)
    replace_file(settings.business_folder / f"{plan.terminal}-audit.pub", (keys.public + "\n").encode())
    return keep(start, replace(plan, public_key=keys.public))


def join_segment(start: FirstStart, plan: Plan, gateway: Gateway) -> Plan:
    """Redeem the one-time code for a certificate of this terminal's own key, connect, and keep what answered.

    Nothing is kept when it does not fit. A code is good once: killed after it was redeemed, the gateway makes a new one.
    Raises OperatorError at ``host``, ``code`` or ``fingerprint``, EnvironmentTrouble LK-* when the gateway does not answer so.
    """
    settings = replace(settings_of(plan), segment=Segment(gateway.host, gateway.port, gateway.server_name))
    keys = load(SecretService(), plan.terminal)
    try:
        way = link_settings(settings, keys)
    except ValueError:
        raise OperatorError("IPアドレスとポートを数字で入れてください(例 10.0.0.5 と 18443)。", field="host") from None
    signing = _take_certificate(settings, keys, way.policy, gateway)
    with GatewayLink(way, start.clock.now) as link:
        hello = link.hello()
        if hello.terminal != plan.terminal:
            raise OperatorError("別の端末として登録されました。区の担当者に連絡してください。", field="code")
        if hello.training:
            raise OperatorError(
                "研修用のサーバです。本番の端末は、本番のサーバにだけ登録できます。", field="host", code="training"
            )
        here_already = room_accounts(link)  # the whole list of changes is read for it: only once the rest fits
    for account in here_already:
        AccountBook(settings.accounts, FLOOR).save(account)
    trust_list.begin(settings, signing, keys.public, here_already)
    return keep(
        start,
        replace(plan, host=gateway.host, port=gateway.port, server_name=gateway.server_name, insurer=hello.insurer),
    )


def _take_certificate(settings: Settings, keys: TerminalKeys, policy: AddressPolicy, gateway: Gateway) -> str:
    """Make the key of the line, sealed under the keyring's passphrase, and fetch its certificate; gives the signing key."""
    fingerprint = _typed(gateway.fingerprint, wire_enrolment.FINGERPRINT_BYTES, "fingerprint")
    code = _typed(gateway.code, wire_enrolment.CODE_BYTES, "code")
    authority = enrolling.authority(policy, fingerprint)
    name = settings.terminal
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    csr = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    request = wire_enrolment.Request(name, code.hex(), keys.public, csr.public_bytes(serialization.Encoding.PEM).decode())
    granted = enrolling.enrol(policy, gateway.server_name, authority, request)
    encryption = serialization.BestAvailableEncryption(keys.passphrase.encode())
    own = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    replace_file(settings.tls / f"{name}.key", own)
    replace_file(settings.tls / f"{name}.pem", granted.certificate.encode("ascii"))
    replace_file(settings.tls / CA, authority)
    return granted.signing


def _typed(typed: str, size: int, field_id: str) -> bytes:
    try:
        return wire_enrolment.read(typed, size)
    except TypedWrong as wrong:
        groups = typed_code.group_count(size)
        words = f"{wrong.group}組目が違います。" if wrong.group else f"{groups}組を、空白で区切って入れてください。"
        raise OperatorError(f"{words}区のサーバの画面のとおり打ってください。", field=field_id) from None


def recovery_fingerprint(file: str) -> str:
    """How people compare the ward's recovery key. Raises OperatorError at ``recovery_file``."""
    return recovery.fingerprint(_public_key(file))


def keep_recovery_key(start: FirstStart, plan: Plan, file: str, compared: str) -> Plan:
    """Keep the ward's public key once the end of its fingerprint has been typed from the ward's own paper."""
    public = _public_key(file)
    shown = recovery.fingerprint(public)
    if shown.replace(" ", "")[-4:] != compared.strip().upper():
        raise OperatorError("控えの指紋と合いません。別の鍵かもしれません。もう一度照らしてください。", field="compared")
    save_public(settings_of(plan).recovery, public)
    return keep(start, replace(plan, recovery=shown))


def _public_key(file: str) -> bytes:
    try:
        return recovery.read_public(Path(file).read_bytes())
    except (OSError, RecoveryFault):
        raise OperatorError("復旧の公開鍵のファイルではありません。場所を確かめてください。", field="recovery_file") from None


def found(start: FirstStart, plan: Plan, new: NewPerson) -> Plan:
    """Make the store and the room's first ward administrator.

    A try that was interrupted is taken up with the same ID and password. Raises OperatorError at the field.
    """
    going_live.check_person(new.person, new.name)
    check_repeated(new)
    rules = PasswordRules()  # the ward's own come with the first exchange
    password_policy.require(new.password, rules, blocklist(), (new.person, new.name, plan.label), field="password")
    settings = settings_of(plan)
    keys, accounts = load(SecretService(), plan.terminal), AccountBook(settings.accounts, FLOOR)
    if not settings.store.exists():
        at = start.clock.now().isoformat(timespec="seconds")
        founder = enrol(new.person, new.name.strip(), Role.WARD_ADMIN, new.password, calibrated(), at=at)
        accounts.save(founder)
        signing = unlock(founder, new.password).signing
        RoomKeyBook(settings.room_keys).make((founder,), founder.person, signing, at)
        make_store(settings, keys, founder)
    return keep(start, replace(plan, founder=new.person))


def administrators(plan: Plan) -> tuple[Account, ...]:
    """The room's ward administrators; none while this terminal is the room's first."""
    return AccountBook(settings_of(plan).accounts, FLOOR).open_in(Role.WARD_ADMIN)


def join_room(start: FirstStart, plan: Plan, person: str) -> Plan:
    """Make this terminal's store for a ward administrator the room has already. Raises OperatorError at ``person``."""
    settings = settings_of(plan)
    account = next((one for one in administrators(plan) if one.person == person), None)
    if account is None:
        raise OperatorError("この部屋の区管理者のIDを入れてください。", field="person", code="wrong-role")
    if not settings.store.exists():
        make_store(settings, load(SecretService(), plan.terminal), account)
    return keep(start, replace(plan, founder=person))


def make_store(settings: Settings, keys: TerminalKeys, first: Account) -> None:
    """An empty store, and a slot for its first person. The slot comes before the store: a store nobody opens is no store."""
    from nhi_center.storage.store import create_store, new_key

    store_key = new_key()
    SlotBook(settings.slots, keys, RecoverySlot(settings.recovery, settings.terminal)).save(first, Contents((store_key,)))
    trust_list.add_people(settings, (first,))
    create_store(settings.store, store_key)


def check_repeated(new: NewPerson) -> None:
    """Raise OperatorError at ``password`` or ``repeated``."""
    if new.password != new.repeated:
        raise OperatorError("二つのパスワードが違います。もう一度入れてください。", field="repeated")
