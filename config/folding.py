"""Templates whose constant parts are drawn once for each language, not once a request.

A page is mostly words that are the same for everybody who reads a language: labels, icons, addresses of pages and
files. The loader keeps each template once for each language and there turns such tags, with the text beside them,
into plain text, puts small includes in place, and addresses that differ by a number into patterns. What a page
shows stays the same; docs/decisions/0007-folded-templates.md says why this is safe.
"""

from django.template import Context, Node, NodeList, Template, TemplateDoesNotExist
from django.template.base import FilterExpression, Origin, TextNode, TokenType, Variable, VariableNode
from django.template.base import render_value_in_context as shown
from django.template.defaulttags import CsrfTokenNode, ForNode, IfNode, LoadNode, URLNode, WithNode
from django.template.library import SimpleNode
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from django.template.loaders import base, cached
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.html import conditional_escape
from django.utils.translation import get_language, gettext

GAP = 10**17  # stands in an address for a number to come; no row has it


class Folding(base.Loader):
    """Folds what it compiles, in the language that is active then."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        """A template of its own, which nobody else has yet."""
        template: Template = super().get_template(template_name, skip)
        self.fold(template.nodelist)
        return template

    def fold(self, nodes: NodeList) -> None:
        """Put simpler nodes in place of constant ones."""
        folded: list[Node] = []
        for node in nodes:
            found = self.included(node)
            if found is None:
                for inner in _inner(node):
                    self.fold(inner)
                found = [_simpler(node)]
            for one in found:
                last = folded[-1] if folded else None
                if isinstance(one, TextNode) and isinstance(last, TextNode):
                    folded[-1] = _like(node, TextNode(last.s + one.s))
                else:
                    folded.append(one)
        nodes[:] = folded

    def included(self, node: Node) -> list[Node] | None:
        """What a plain {% include "..." %} puts here, folded; None for another node, or if it has to stay one."""
        if not isinstance(node, IncludeNode) or node.isolated_context or not _is_literal(node.template):
            return None
        try:
            contents = self.get_template(node.template.var).nodelist
        except TemplateDoesNotExist:
            return None
        if not all(map(_is_harmless, contents)):
            return None
        if node.extra_context:
            return [_like(node, WithNode(None, None, contents, extra_context=node.extra_context))]
        return list(contents)


class Loader(cached.Loader, Folding):
    """Keeps each folded template, once for each language and place where the desk is mounted."""

    def cache_key(self, template_name: str, skip: list[Origin] | None = None) -> str:
        """By all that the constant parts depend on."""
        return f"{super().cache_key(template_name, skip)} {get_language()} {get_script_prefix()} {get_urlconf()}"


# -- nodes ----------------------------------------------------------------------------------------

# Nodes that neither set names nor keep state, so that they mean the same in an including template.
HARMLESS: tuple[type[Node], ...] = (
    TextNode,
    VariableNode,
    IfNode,
    ForNode,
    WithNode,
    URLNode,
    TranslateNode,
    BlockTranslateNode,
)
HARMLESS += (StaticNode, SimpleNode, LoadNode, CsrfTokenNode, IncludeNode)


def _is_harmless(node: Node) -> bool:
    """Whether the node and all in it set no name for those behind it."""
    if isinstance(node, Numbered | Sentence):
        return True
    names = ("asvar", "target_var", "varname")
    if not isinstance(node, HARMLESS) or any(getattr(node, name, None) for name in names):
        return False
    return all(_is_harmless(inner) for nodes in _inner(node) for inner in nodes)


def _inner(node: Node) -> list[NodeList]:
    """The lists in a node in which words may be folded: not those that change language or escaping."""
    if isinstance(node, IfNode):
        return [nodes for _condition, nodes in node.conditions_nodelists]
    if isinstance(node, ForNode):
        return [node.nodelist_loop, node.nodelist_empty]  # type: ignore[list-item]
    return [node.nodelist] if isinstance(node, WithNode | BlockNode | ExtendsNode) else []


def _like(node: Node, simple: Node) -> Node:
    """A new node that names the place of the old one in errors."""
    simple.token, simple.origin = node.token, node.origin
    return simple


def _simpler(node: Node) -> Node:
    """Text for a constant node, a pattern for an address or a sentence; else the node itself."""
    if isinstance(node, TextNode):
        return node
    if _is_constant(node):
        return _like(node, TextNode(node.render(Context())))
    if isinstance(node, URLNode):
        return _numbered(node) or node
    return (_sentence(node) if isinstance(node, BlockTranslateNode) else None) or node


# -- constants ------------------------------------------------------------------------------------


def _is_constant(node: Node) -> bool:
    """Whether the node shows the same to everybody in one language."""
    match node:
        case LoadNode():
            return True
        case TranslateNode():
            return not node.asvar and not node.message_context and _is_literal(node.filter_expression)
        case StaticNode():
            return node.varname is None and _is_literal(node.path)
        case URLNode():
            return not node.asvar and not node.args and not node.kwargs and _is_literal(node.view_name)
        case SimpleNode():
            # A tag that keeps what it made for the same words says itself that nothing else matters.
            is_pure = hasattr(node.func, "cache_info") and not node.takes_context and node.target_var is None
            return is_pure and all(map(_is_literal, [*node.args, *node.kwargs.values()]))
    return False


def _is_literal(expression: FilterExpression) -> bool:
    word = expression.var
    return not expression.filters and (not isinstance(word, Variable) or word.lookups is None)


# -- addresses ------------------------------------------------------------------------------------


class Numbered(Node):
    """{% url %} with numbers alone: the address with gaps for them. Whatever is no number goes the long way."""

    child_nodelists = ()

    def __init__(self, node: URLNode, pattern: str) -> None:
        self.node, self.pattern, self.args = node, pattern, node.args

    def render(self, context: Context) -> str:
        """The address; as {% url %} where a value is no natural number."""
        values = tuple([arg.resolve(context) for arg in self.args])
        if all(type(value) is int and value >= 0 for value in values):
            return self.pattern % values
        return self.node.render(context)


def _numbered(node: URLNode) -> Node | None:
    if node.asvar or node.kwargs or not _is_literal(node.view_name):
        return None
    gaps = [GAP + place for place in range(len(node.args))]
    try:
        path = reverse(node.view_name.resolve(Context()), args=gaps)
    except NoReverseMatch:
        return None
    pattern, places = path.replace("%", "%%"), []
    for gap in gaps:
        places.append(pattern.find(str(gap)))
        pattern = pattern.replace(str(gap), "%d")
    is_plain = conditional_escape(path) == path and -1 not in places and places == sorted(places)
    return _like(node, Numbered(node, pattern)) if is_plain and pattern.count("%d") == len(gaps) else None


# -- sentences ------------------------------------------------------------------------------------


class Sentence(Node):
    """{% blocktranslate with ... %}: the translated sentence, its values put in."""

    child_nodelists = ()

    def __init__(self, text: str, values: dict[str, FilterExpression]) -> None:
        self.text, self.values = text, values

    def render(self, context: Context) -> str:
        """The sentence; its values escaped as everywhere."""
        return self.text % {name: shown(value.resolve(context), context) for name, value in self.values.items()}


def _sentence(node: BlockTranslateNode) -> Node | None:
    if not _is_plain(node) or not set(_names(node)) <= set(node.extra_context):
        return None
    text = gettext(node.render_token_list(node.singular)[0])
    values = {name: node.extra_context[name] for name in _names(node)}
    try:
        blank = text % dict.fromkeys(values, "")
    except (KeyError, ValueError, TypeError):
        return None  # a translation that does not fit: Django falls back to the English sentence
    return _like(node, Sentence(text, values) if values else TextNode(blank))


def _is_plain(node: BlockTranslateNode) -> bool:
    return not (node.plural or node.asvar or node.message_context or node.trimmed)


def _names(node: BlockTranslateNode) -> list[str]:
    return [token.contents for token in node.singular if token.token_type == TokenType.VAR]
