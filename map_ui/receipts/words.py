"""What stands on a customer's receipt, in the customer's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from collection.custody.amount_text import amount_text
from collection.messages.wording import language_of
from collection.receipts.copies.copy import ReceiptCopy, masked_account, masked_name

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "receipt": "Receipt", "paid_to": "Paid to", "customer": "Paid by", "account": "Account",
        "at": "On", "mode": "How", "reference": "Reference", "taken_by": "Taken by",
        "provisional": "Was given as", "settled": "For what was due", "advance": "Paid ahead",
        "outstanding": "Still due then", "undone": "This receipt was undone. Ask the branch why.",
        "online": "Online", "pdf": "Save as PDF", "gone_title": "Nothing to show here",
        "gone": "This address leads to no receipt, or its time is over. Ask the branch for a copy.",
        "mode_cash": "Cash", "mode_card": "Card", "mode_transfer": "Transfer", "mode_upi": "UPI",
        "mode_cheque": "Cheque", "mode_mobile": "Mobile wallet", "mode_aeps": "Aadhaar (AePS)",
        "mode_whatsapp": "WhatsApp Pay",
        "subject": "A cheque counts once the bank has paid it.",
    },
    "hi": {
        "receipt": "रसीद", "paid_to": "किसको", "customer": "किसने दिया", "account": "खाता",
        "at": "कब", "mode": "कैसे", "reference": "संदर्भ", "taken_by": "किसने लिया",
        "provisional": "पहले का नंबर", "settled": "बकाया के लिए", "advance": "अग्रिम",
        "outstanding": "तब शेष बकाया", "undone": "यह रसीद रद्द की गई। शाखा से पूछें।",
        "online": "ऑनलाइन", "pdf": "PDF में सहेजें", "gone_title": "यहाँ दिखाने को कुछ नहीं",
        "gone": "इस पते पर कोई रसीद नहीं है, या उसका समय पूरा हो गया। शाखा से प्रति माँगें।",
        "mode_cash": "नकद", "mode_card": "कार्ड", "mode_transfer": "बैंक अंतरण", "mode_upi": "UPI",
        "mode_cheque": "चेक", "mode_mobile": "मोबाइल वॉलेट", "mode_aeps": "आधार (AePS)",
        "mode_whatsapp": "WhatsApp Pay",
        "subject": "चेक बैंक से भुगतान होने पर ही मान्य है।",
    },
    "es": {
        "receipt": "Recibo", "paid_to": "Pagado a", "customer": "Pagado por", "account": "Cuenta",
        "at": "Fecha", "mode": "Medio", "reference": "Referencia", "taken_by": "Recibido por",
        "provisional": "Entregado como", "settled": "A lo adeudado", "advance": "Por adelantado",
        "outstanding": "Pendiente entonces", "undone": "Este recibo fue anulado. Consulte a la"
        " sucursal.", "online": "En línea", "pdf": "Guardar PDF",
        "gone_title": "No hay nada que mostrar",
        "gone": "Esta dirección no lleva a ningún recibo, o su plazo terminó. Pida una copia en la"
        " sucursal.",
        "mode_cash": "Efectivo", "mode_card": "Tarjeta", "mode_transfer": "Transferencia",
        "mode_upi": "UPI", "mode_cheque": "Cheque", "mode_mobile": "Billetera móvil",
        "mode_aeps": "Aadhaar (AePS)", "mode_whatsapp": "WhatsApp Pay",
        "subject": "El cheque vale cuando el banco lo paga.",
    },
    "id": {
        "receipt": "Kuitansi", "paid_to": "Dibayar kepada", "customer": "Dibayar oleh",
        "account": "Rekening", "at": "Pada", "mode": "Cara", "reference": "Referensi",
        "taken_by": "Diterima oleh", "provisional": "Nomor sementara",
        "settled": "Untuk tagihan", "advance": "Dibayar di muka",
        "outstanding": "Sisa tagihan saat itu", "undone": "Kuitansi ini dibatalkan. Tanyakan kepada"
        " cabang.", "online": "Daring", "pdf": "Simpan PDF", "gone_title": "Tidak ada apa-apa",
        "gone": "Alamat ini tidak menuju kuitansi, atau masanya telah habis. Mintalah salinan di"
        " cabang.",
        "mode_cash": "Tunai", "mode_card": "Kartu", "mode_transfer": "Transfer", "mode_upi": "UPI",
        "mode_cheque": "Cek", "mode_mobile": "Dompet digital", "mode_aeps": "Aadhaar (AePS)",
        "mode_whatsapp": "WhatsApp Pay",
        "subject": "Cek berlaku setelah dibayar oleh bank.",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A receipt in words: the figure, and the facts in the order in which they are read."""

    language: str
    title: str
    number: str
    amount: str
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    is_undone: bool
    pdf: str


def told(copy: ReceiptCopy, *, is_public: bool) -> Told:
    """A receipt in its customer's language. For the public, names and accounts are masked."""
    language = language_of(copy.language)
    words = WORDS[language]
    customer = masked_name(copy.customer) if is_public else copy.customer
    account = masked_account(copy.account) if is_public else copy.account
    at = copy.taken_at.astimezone(ZoneInfo(copy.zone))
    facts = (
        ("paid_to", copy.lender),
        ("customer", customer),
        ("account", account),
        ("at", format_datetime(at, "d MMM y, HH:mm", locale=language)),
        ("mode", words[f"mode_{copy.mode}"]),
        ("reference", copy.mode_reference),
        ("taken_by", copy.taken_by or words["online"]),
        ("provisional", copy.provisional_number),
        ("settled", amount_text(copy.settled) if copy.settled.amount_minor else None),
        ("advance", amount_text(copy.advance) if copy.advance.amount_minor else None),
        ("outstanding", amount_text(copy.outstanding)),
    )
    notes = [words["undone"]] if copy.is_undone else []
    if copy.mode == "cheque":
        notes.append(words["subject"])
    return Told(
        language=language,
        title=words["receipt"],
        number=copy.number.text,
        amount=amount_text(copy.amount),
        facts=tuple((words[name], value) for name, value in facts if value),
        notes=tuple(notes),
        is_undone=copy.is_undone,
        pdf=words["pdf"],
    )
