"""Who this username and password is. Loads the person with the account: every page needs both."""

from allauth.account.auth_backends import AuthenticationBackend

from heluo.kernel.people.models import Account


class PersonBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """allauth's backend (constant time for unknown names), one query for account and person."""

    def get_user(self, user_id: int) -> Account | None:
        account = Account.objects.select_related("person").filter(pk=user_id).first()
        return account if account is not None and self.user_can_authenticate(account) else None
