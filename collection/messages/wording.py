"""What messages say, in the customer's language."""

import re
from collections.abc import Mapping
from datetime import date

from babel.dates import format_date

from collection.messages.message import Purpose
from identity.language import language_code

ELSEWHERE = "en"
LONGEST = 320
"""Characters of a template: with its values in it, a message is at most a few SMS."""

FIELDS = {
    Purpose.RECEIPT: {"lender", "amount", "day", "number", "link"},
    Purpose.PAYMENT_LINK: {"lender", "amount", "day", "link"},
    Purpose.ONE_TIME_CODE: {"lender", "code", "day"},
    Purpose.VISIT_MISSED: {"lender", "day"},
    Purpose.DUE_REMINDER: {"lender", "amount", "day"},
    Purpose.PROMISE_TOMORROW: {"lender", "amount", "day"},
    Purpose.PROMISE_TODAY: {"lender", "amount", "day"},
    Purpose.PROMISE_BROKEN: {"lender", "amount", "day"},
}

WORDS: Mapping[Purpose, Mapping[str, str]] = {
    Purpose.RECEIPT: {
        "en": "{lender}: we received {amount} on {day}. Receipt {number}: {link}",
        "hi": "{lender}: हमें {day} को {amount} मिले। रसीद {number}: {link}",
        "es": "{lender}: recibimos {amount} el {day}. Recibo {number}: {link}",
        "id": "{lender}: kami menerima {amount} pada {day}. Kuitansi {number}: {link}",
    },
    Purpose.PAYMENT_LINK: {
        "en": "{lender}: you can pay {amount} here until {day}, without signing in: {link}",
        "hi": "{lender}: आप {day} तक यहाँ {amount} चुका सकते हैं, साइन-इन की ज़रूरत नहीं: {link}",
        "es": "{lender}: puede pagar {amount} aquí hasta el {day}, sin registrarse: {link}",
        "id": "{lender}: Anda dapat membayar {amount} di sini sampai {day}, tanpa masuk akun:"
        " {link}",
    },
    Purpose.ONE_TIME_CODE: {
        "en": "{lender}: {code} is your code for {day}. Tell it to our agent only once you"
        " have paid and seen the receipt.",
        "hi": "{lender}: {day} के लिए आपका कोड {code} है। भुगतान करने और रसीद"
        " देखने के बाद ही हमारे एजेंट को बताएँ।",
        "es": "{lender}: {code} es su código del {day}. Dígalo a nuestro agente solo después"
        " de pagar y ver el recibo.",
        "id": "{lender}: {code} adalah kode Anda untuk {day}. Sebutkan kepada petugas kami hanya"
        " setelah Anda membayar dan melihat kuitansi.",
    },
    Purpose.VISIT_MISSED: {
        "en": "{lender}: our agent came to you on {day} and did not meet you. Please call us back.",
        "hi": "{lender}: हमारे एजेंट {day} को आपके यहाँ आए, पर आपसे भेंट नहीं हुई। कृपया हमें फ़ोन करें।",
        "es": "{lender}: nuestro agente pasó el {day} y no lo encontró. Por favor, llámenos.",
        "id": "{lender}: petugas kami datang pada {day} tetapi tidak bertemu Anda. Mohon hubungi"
        " kami.",
    },
    Purpose.DUE_REMINDER: {
        "en": "{lender}: {amount} of your account is due as of {day}. Please pay, or call us if you"
        " cannot.",
        "hi": "{lender}: {day} तक आपके खाते में {amount} बकाया है। कृपया चुकाएँ, या न चुका पाएँ तो"
        " हमें फ़ोन करें।",
        "es": "{lender}: al {day} su cuenta tiene {amount} por pagar. Por favor pague, o llámenos"
        " si no puede.",
        "id": "{lender}: per {day} tagihan Anda sebesar {amount}. Mohon dibayar, atau hubungi kami"
        " bila belum bisa.",
    },
    Purpose.PROMISE_TOMORROW: {
        "en": "{lender}: you said that you pay {amount} tomorrow, {day}. If that cannot be, please"
        " call us.",
        "hi": "{lender}: आपने कल, {day} को {amount} चुकाने को कहा था। न हो पाए तो कृपया हमें फ़ोन करें।",
        "es": "{lender}: usted dijo que pagará {amount} mañana, {day}. Si no puede, por favor"
        " llámenos.",
        "id": "{lender}: Anda berjanji membayar {amount} besok, {day}. Bila tidak bisa, mohon"
        " hubungi kami.",
    },
    Purpose.PROMISE_TODAY: {
        "en": "{lender}: you said that you pay {amount} today, {day}. Thank you.",
        "hi": "{lender}: आपने आज, {day} को {amount} चुकाने को कहा था। धन्यवाद।",
        "es": "{lender}: usted dijo que pagará {amount} hoy, {day}. Gracias.",
        "id": "{lender}: Anda berjanji membayar {amount} hari ini, {day}. Terima kasih.",
    },
    Purpose.PROMISE_BROKEN: {
        "en": "{lender}: {amount} that you promised for {day} has not reached us. Please pay, or"
        " call us if you cannot.",
        "hi": "{lender}: {day} के लिए आपने जो {amount} कहे थे, वे हमें नहीं मिले। कृपया चुकाएँ, या न चुका"
        " पाएँ तो हमें फ़ोन करें।",
        "es": "{lender}: no recibimos {amount} que prometió para el {day}. Por favor pague, o"
        " llámenos si no puede.",
        "id": "{lender}: {amount} yang Anda janjikan untuk {day} belum kami terima. Mohon dibayar,"
        " atau hubungi kami bila belum bisa.",
    },
}  # fmt: skip
LANGUAGES = ("en", "hi", "es", "id")

SUBJECTS: Mapping[Purpose, Mapping[str, str]] = {
    Purpose.RECEIPT: {
        "en": "Your receipt", "hi": "आपकी रसीद", "es": "Su recibo", "id": "Kuitansi Anda",
    },
    Purpose.PAYMENT_LINK: {
        "en": "Pay here", "hi": "यहाँ भुगतान करें", "es": "Pague aquí", "id": "Bayar di sini",
    },
    Purpose.ONE_TIME_CODE: {
        "en": "Your code", "hi": "आपका कोड", "es": "Su código", "id": "Kode Anda",
    },
    Purpose.VISIT_MISSED: {
        "en": "We did not meet you", "hi": "आपसे भेंट नहीं हुई", "es": "No lo encontramos",
        "id": "Kami tidak bertemu Anda",
    },
    Purpose.DUE_REMINDER: {
        "en": "A payment is due", "hi": "भुगतान बकाया है", "es": "Tiene un pago pendiente",
        "id": "Ada tagihan yang jatuh tempo",
    },
    Purpose.PROMISE_TOMORROW: {
        "en": "Your payment of tomorrow", "hi": "कल का आपका भुगतान", "es": "Su pago de mañana",
        "id": "Pembayaran Anda besok",
    },
    Purpose.PROMISE_TODAY: {
        "en": "Your payment of today", "hi": "आज का आपका भुगतान", "es": "Su pago de hoy",
        "id": "Pembayaran Anda hari ini",
    },
    Purpose.PROMISE_BROKEN: {
        "en": "Your payment has not arrived", "hi": "आपका भुगतान नहीं मिला",
        "es": "Su pago no ha llegado", "id": "Pembayaran Anda belum diterima",
    },
}  # fmt: skip
"""What e-mails have above them."""

_FIELD = re.compile(r"\{(\w*)\}")


def check_words(purpose: Purpose, template: str) -> None:
    """Raises ValueError for a template that says less, or asks for more, than its message has."""
    named = set(_FIELD.findall(template))
    if named != FIELDS[purpose]:
        told = ", ".join(f"{{{name}}}" for name in sorted(FIELDS[purpose]))
        raise ValueError(f"a {purpose} has exactly {told}")
    if len(template) > LONGEST:
        raise ValueError(f"at most {LONGEST} characters")


def language_of(entered: str | None) -> str:
    """The language that messages have for a customer: theirs where we have words in it."""
    code = language_code(entered) if entered else ELSEWHERE
    return code if code in LANGUAGES else ELSEWHERE


def words_of(purpose: Purpose, language: str, **values: str) -> str:
    """A message's text; `language` as of `language_of`."""
    return WORDS[purpose][language].format(**values)


def day_in(day: date, language: str) -> str:
    """A day as people of a language write it: ``27 Nov 2026``."""
    return format_date(day, "d MMM y", locale=language)


def _check_all() -> None:
    for purpose, by_language in WORDS.items():
        if set(by_language) != set(LANGUAGES):
            raise ValueError(f"a {purpose} needs words in {', '.join(LANGUAGES)}")
        for template in by_language.values():
            check_words(purpose, template)
        if set(SUBJECTS[purpose]) != set(LANGUAGES):
            raise ValueError(f"a {purpose} needs a subject in {', '.join(LANGUAGES)}")


_check_all()  # a process that could not word a message does not start
