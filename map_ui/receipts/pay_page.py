"""The page on which a customer pays, in plain words and the customer's language."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from collection.custody.amount_text import amount_text
from collection.messages.wording import language_of
from collection.payments.links.link import State
from collection.payments.links.store import PayPage
from collection.receipts.copies.copy import masked_account, masked_name
from collection.upi.link import UpiRequest, note_of, reference_of, upi_link
from collection.upi.qr import qr_svg
from core.money import Money, exponent
from map_ui.page import page

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Pay {lender}", "customer": "For", "account": "Account", "until": "Until",
        "due": "To pay", "paid": "Paid so far", "amount": "How much do you want to pay now?",
        "amount_hint": "All of it or a part, at most {left}.", "pay": "Pay {amount}",
        "pay_part": "Continue to payment", "receipt": "Your receipt", "refresh": "Look again",
        "thanks": "Thank you, it is paid", "thanks_text": "You need to do nothing more. Keep your"
        " receipt.", "expired": "This link has ended", "withdrawn": "This link was withdrawn",
        "closed_text": "Ask {lender} for a new one. Nothing was taken from you.",
        "waiting": "We have no word from your bank yet. If you have paid, wait a minute and look"
        " again; do not pay twice. If you stopped, you can pay below.",
        "refused": "Your bank did not make the payment. Nothing was taken from you; you can try"
        " again.",
        "wrong_amount": "Enter an amount in figures, more than nothing and at most {left}.",
        "gateway_away": "The payment service does not answer. Nothing was taken from you; try again"
        " in a minute.", "upi": "Pay with a UPI app", "upi_hint": "Scan with another phone, or open"
        " your app. Your agent or branch gives you the receipt.", "upi_open": "Open my UPI app",
        "none": "Payment online is not set up here. Pay your agent or at the branch.",
        "safe": "{lender} never asks for your PIN or password.",
        "gone_title": "Nothing to pay here", "gone": "This address leads to no payment. Ask the"
        " branch or your agent for a link.",
    },
    "hi": {
        "title": "{lender} को भुगतान", "customer": "किसके लिए", "account": "खाता", "until": "कब तक",
        "due": "भुगतान करना है", "paid": "अब तक चुकाया", "amount": "अभी कितना चुकाना चाहते हैं?",
        "amount_hint": "पूरा या कुछ हिस्सा, अधिकतम {left}।", "pay": "{amount} चुकाएँ",
        "pay_part": "भुगतान पर जाएँ", "receipt": "आपकी रसीद", "refresh": "फिर देखें",
        "thanks": "धन्यवाद, भुगतान हो गया", "thanks_text": "और कुछ नहीं करना है। रसीद संभालकर रखें।",
        "expired": "यह लिंक समाप्त हो गया", "withdrawn": "यह लिंक वापस ले लिया गया",
        "closed_text": "{lender} से नया लिंक माँगें। आपसे कुछ नहीं लिया गया।",
        "waiting": "बैंक से अभी ख़बर नहीं आई। भुगतान कर दिया हो तो एक मिनट बाद फिर देखें; दो बार न चुकाएँ।"
        " रोक दिया हो तो नीचे चुका सकते हैं।",
        "refused": "आपके बैंक ने भुगतान नहीं किया। आपसे कुछ नहीं लिया गया; फिर कोशिश कर सकते हैं।",
        "wrong_amount": "रकम अंकों में लिखें, शून्य से ज़्यादा और अधिकतम {left}।",
        "gateway_away": "भुगतान सेवा जवाब नहीं दे रही। आपसे कुछ नहीं लिया गया; एक मिनट बाद कोशिश करें।",
        "upi": "UPI ऐप से भुगतान", "upi_hint": "दूसरे फ़ोन से स्कैन करें या अपना ऐप खोलें। रसीद एजेंट या शाखा"
        " देगी।", "upi_open": "मेरा UPI ऐप खोलें",
        "none": "यहाँ ऑनलाइन भुगतान उपलब्ध नहीं है। एजेंट को या शाखा में भुगतान करें।",
        "safe": "{lender} कभी आपका PIN या पासवर्ड नहीं माँगता।",
        "gone_title": "यहाँ कोई भुगतान नहीं",
        "gone": "इस पते पर कोई भुगतान नहीं है। शाखा या एजेंट से लिंक माँगें।",
    },
    "es": {
        "title": "Pagar a {lender}", "customer": "Para", "account": "Cuenta", "until": "Hasta",
        "due": "Por pagar", "paid": "Pagado hasta ahora", "amount": "¿Cuánto quiere pagar ahora?",
        "amount_hint": "Todo o una parte, como máximo {left}.", "pay": "Pagar {amount}",
        "pay_part": "Continuar al pago", "receipt": "Su recibo", "refresh": "Ver de nuevo",
        "thanks": "Gracias, está pagado", "thanks_text": "No tiene que hacer nada más. Guarde su"
        " recibo.", "expired": "Este enlace ha terminado", "withdrawn": "Este enlace fue retirado",
        "closed_text": "Pida uno nuevo a {lender}. No se le cobró nada.",
        "waiting": "Su banco aún no responde. Si ya pagó, espere un minuto y vea de nuevo; no pague"
        " dos veces. Si lo interrumpió, puede pagar abajo.",
        "refused": "Su banco no hizo el pago. No se le cobró nada; puede intentar de nuevo.",
        "wrong_amount": "Escriba un monto en cifras, mayor que cero y como máximo {left}.",
        "gateway_away": "El servicio de pago no responde. No se le cobró nada; intente en un"
        " minuto.", "upi": "Pagar con UPI", "upi_hint": "Escanee con otro teléfono o abra su"
        " aplicación.", "upi_open": "Abrir mi aplicación",
        "none": "Aquí no se puede pagar en línea. Pague a su agente o en la sucursal.",
        "safe": "{lender} nunca le pide su clave ni su contraseña.",
        "gone_title": "No hay nada que pagar", "gone": "Esta dirección no lleva a ningún pago. Pida"
        " un enlace en la sucursal o a su agente.",
    },
    "id": {
        "title": "Bayar {lender}", "customer": "Untuk", "account": "Rekening", "until": "Sampai",
        "due": "Yang harus dibayar", "paid": "Sudah dibayar", "amount": "Berapa yang ingin Anda"
        " bayar sekarang?", "amount_hint": "Semua atau sebagian, paling banyak {left}.",
        "pay": "Bayar {amount}", "pay_part": "Lanjut ke pembayaran", "receipt": "Kuitansi Anda",
        "refresh": "Lihat lagi", "thanks": "Terima kasih, sudah dibayar",
        "thanks_text": "Tidak ada lagi yang perlu dilakukan. Simpan kuitansi Anda.",
        "expired": "Tautan ini telah berakhir", "withdrawn": "Tautan ini ditarik",
        "closed_text": "Mintalah yang baru kepada {lender}. Tidak ada yang ditarik dari Anda.",
        "waiting": "Belum ada kabar dari bank Anda. Jika sudah membayar, tunggu semenit dan lihat"
        " lagi; jangan membayar dua kali. Jika berhenti, Anda dapat membayar di bawah.",
        "refused": "Bank Anda tidak melakukan pembayaran. Tidak ada yang ditarik; Anda dapat"
        " mencoba lagi.",
        "wrong_amount": "Tulis jumlah dengan angka, lebih dari nol dan paling banyak {left}.",
        "gateway_away": "Layanan pembayaran tidak menjawab. Tidak ada yang ditarik; coba lagi"
        " sebentar.", "upi": "Bayar dengan UPI", "upi_hint": "Pindai dengan ponsel lain atau buka"
        " aplikasi Anda.", "upi_open": "Buka aplikasi saya",
        "none": "Pembayaran daring tidak tersedia di sini. Bayarlah kepada petugas atau di cabang.",
        "safe": "{lender} tidak pernah meminta PIN atau kata sandi Anda.",
        "gone_title": "Tidak ada yang harus dibayar", "gone": "Alamat ini tidak menuju pembayaran."
        " Mintalah tautan di cabang atau kepada petugas.",
    },
}  # fmt: skip


def render(
    shown: PayPage,
    *,
    nonce: str,
    now: datetime,
    receipt_urls: Sequence[str],
    pay_url: str,
    has_gateway: bool,
    wrong: str | None = None,
    typed: str = "",
    is_back: bool = False,
) -> str:
    """The page of a link. `wrong` names what could not be done with what was `typed`; `is_back`:
    the customer comes from the gateway, whose word may still be on its way."""
    link, language = shown.link, language_of(shown.language)
    left, lender = amount_text(link.left), shown.lender
    words = {
        name: text.format(lender=lender, left=left, amount=left)
        for name, text in WORDS[language].items()
    }
    until = link.expires_at.astimezone(ZoneInfo(shown.zone))
    facts = [
        (words["customer"], masked_name(shown.customer)),
        (words["account"], masked_account(shown.account)),
    ]
    if link.paid.amount_minor:
        facts.append((words["paid"], amount_text(link.paid)))
    if link.state(now) is State.OPEN:
        facts.append((words["until"], format_datetime(until, "d MMM y, HH:mm", locale=language)))
    upi = _upi(shown) if link.state(now) is State.OPEN else None
    return page(
        "pay.html", nonce=nonce, locale=language, words=words,
        state=link.state(now).value, sum=left if link.left.amount_minor else amount_text(link.paid),
        facts=facts, receipt_urls=receipt_urls, pay_url=pay_url, has_gateway=has_gateway,
        is_part_allowed=link.is_part_allowed, wrong=wrong, typed=typed or _typed(link.left),
        told={"started": "waiting", "failed": "refused"}.get(shown.last_state or "")
        if is_back else None, upi_link=upi,
        upi_qr=f"data:image/svg+xml,{quote(qr_svg(upi))}" if upi else None,
    )  # fmt: skip


def _typed(money: Money) -> str:
    """An amount as it is typed into a field."""
    places = exponent(money.currency)
    whole, part = divmod(money.amount_minor, 10**places)
    return f"{whole}.{part:0{places}d}" if part else str(whole)


def _upi(shown: PayPage) -> str | None:
    """A UPI link for what is left, where the branch takes UPI. Anybody's app can pay with it."""
    left = shown.link.left
    if not shown.payee_vpa or left.currency != "INR":
        return None
    return upi_link(
        UpiRequest(
            shown.payee_vpa, shown.payee_name, left, reference_of(shown.link.id.hex),
            note_of(f"Account {shown.account}"),
        )
    )  # fmt: skip


def render_gone(accepted: str, *, nonce: str) -> str:
    """The page for an address that leads to no payment."""
    language = language_of(accepted.split(",", 1)[0].split(";", 1)[0])
    words = WORDS[language]
    return page(
        "public_note.html", nonce=nonce, locale=language,
        title=words["gone_title"], text=words["gone"],
    )  # fmt: skip


def render_checkout(amount: Money, *, nonce: str) -> str:
    """The demonstration's bank: two buttons, and no money moves."""
    return page("checkout.html", nonce=nonce, amount=amount_text(amount))
