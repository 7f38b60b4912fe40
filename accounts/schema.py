"""For migrations: the tables of many models in one step."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState
from django.db.models import Model


class CreateTogether(Operation):
    """All tables that these operations lead to, made as they are at the end.

    Django renders each model and all that relate to it anew after every single operation: 25 s for our tables.

    :param operations: only such as make models and add to them; their fields, indexes and constraints.
    """

    category = OperationCategory.ADDITION
    serialization_expand_args: ClassVar[list[str]] = ["operations"]

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """As every operation does."""
        return (self.__class__.__name__, [], {"operations": self.operations})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models, rendered once when somebody asks for them."""
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Each table; what points to a later one is tied at the end of the migration."""
        for model in self._made(app_label, schema_editor, from_state, to_state):
            schema_editor.create_model(model)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """No table of these is left."""
        for model in reversed(self._made(app_label, schema_editor, to_state, from_state)):
            schema_editor.delete_model(model)

    def describe(self) -> str:
        """For the list of what is done."""
        return f"Create {len(self.operations)} tables, indexes and constraints together"

    def _made(
        self, app_label: str, editor: BaseDatabaseSchemaEditor, before: ProjectState, after: ProjectState
    ) -> list[type[Model]]:
        made = [after.apps.get_model(*key) for key in after.models if key[0] == app_label and key not in before.models]
        return [model for model in made if self.allow_migrate_model(editor.connection.alias, model)]
