"""The answers the team has at hand."""

from random import Random

from helpdesk.models import Contact, PredefinedReply

HELLO = {"es": "Hola, {{ customer.first_name }}:", "en": "Hello {{ customer.first_name }},"}
# Folder, title, shortcut, contact or "", Spanish, English; a bar parts paragraphs.
TEXTS = (
    (
        *("Envíos", "Dónde está el pedido", "seguimiento", ""),
        "Tu pedido {{ order.reference }} está ahora «{{ order.state }}».|Puedes seguirlo aquí: {{ "
        "order.tracking_url }}",
        "Your order {{ order.reference }} is now “{{ order.state }}”.|You can follow it here: {{ order.tracking_url }}",
    ),
    (
        *("Envíos", "Retraso del transportista", "retraso", ""),
        "El transportista va con retraso y lo hemos reclamado.|Tu pedido {{ order.reference }} estaba prometido "
        "para el "
        "{{ order.promised_on }}; te avisamos en cuanto se mueva. Siento la espera.",
        "The carrier is late and we have complained.|Your order {{ order.reference }} was promised for "
        "{{ order.promised_on }}; we will write as soon as it moves. Sorry for the wait.",
    ),
    (
        *("Envíos", "Reenvío sin coste", "reenvio", ""),
        "Te enviamos otra pieza hoy mismo, sin coste. No hace falta que devuelvas la rota.",
        "We are sending you another one today, free of charge. There is no need to return the broken one.",
    ),
    (
        *("Envíos", "Número de seguimiento", "numero", ""),
        "El número de seguimiento del pedido {{ order.reference }} es {{ order.tracking_number }}.",
        "The tracking number of order {{ order.reference }} is {{ order.tracking_number }}.",
    ),
    (
        *("Devoluciones", "Cómo devolver", "devolver", ""),
        "Puedes devolver cualquier pieza sin usar durante 30 días.|Te enviamos una etiqueta por correo: pégala "
        "sobre la "
        "nuestra y deja la caja en un punto de recogida.",
        "You may return any unused piece within 30 days.|We will mail you a label: put it over ours and leave "
        "the box at "
        "a parcel shop.",
    ),
    (
        *("Devoluciones", "Rotura: pedir fotos", "fotos", ""),
        "¡Qué pena! Para reclamarlo necesitamos dos fotos: una de la pieza y otra de la caja.",
        "What a pity! To claim it we need two photos: one of the piece and one of the box.",
    ),
    (
        *("Devoluciones", "Reembolso hecho", "reembolso", ""),
        "El reembolso del pedido {{ order.reference }} ya está hecho. El banco tarda de dos a cinco días en mostrarlo.",
        "The refund for order {{ order.reference }} has been made. Your bank takes two to five days to show it.",
    ),
    (
        *("Facturas", "Factura adjunta", "factura", "accounting"),
        "Te adjunto la factura del pedido {{ order.reference }}.|Un saludo de {{ contact.title }}.",
        "Please find the invoice for order {{ order.reference }} attached.|Regards from {{ contact.title }}.",
    ),
    (
        *("Facturas", "Datos que faltan", "datos", "accounting"),
        "Para hacer la factura nos faltan el nombre fiscal, el NIF y la dirección.",
        "To issue the invoice we need the company name, the VAT number and the address.",
    ),
    (
        *("General", "Saludo y plazo", "plazo", ""),
        "Gracias por escribir a {{ shop.name }}. Tu consulta es la número {{ thread.id }}; te contesto hoy mismo.",
        "Thank you for writing to {{ shop.name }}. Your query is number {{ thread.id }}; I will answer today.",
    ),
    (
        *("General", "Cuidado del gres", "cuidado", ""),
        "Nuestro gres puede ir al lavavajillas, al microondas y al horno hasta 250 °C. Evita los cambios bruscos.",
        "Our stoneware may go into the dishwasher, the microwave and the oven up to 250 °C. Avoid sudden changes.",
    ),
    (
        *("Mayoristas", "Condiciones", "condiciones", "wholesale"),
        "El pedido mínimo es de 300 € y el plazo, de cuatro semanas. ¿Hablamos por teléfono, {{ customer.name }}?|"
        "{{ agent.name }}",
        "The minimum order is €300 and delivery takes four weeks. Shall we talk on the phone, {{ customer.name }}?|"
        "{{ agent.name }}",
    ),
)


def write_replies(dice: Random, contacts: dict[str, Contact]) -> None:
    """Twelve predefined replies in Spanish and English."""
    for folder, title, shortcut, slug, es, en in TEXTS:
        bodies = {
            language: "".join(f"<p>{part}</p>" for part in (HELLO[language], *text.split("|")))
            for language, text in (("es", es), ("en", en))
        }
        reply = PredefinedReply.objects.create(
            title=title, shortcut=shortcut, folder=folder, bodies=bodies, used_count=dice.randrange(2, 60)
        )
        if slug:
            reply.contacts.add(contacts[slug])
