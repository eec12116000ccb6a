"""When a row about people last changed, and what does not count."""

from datetime import timedelta

from heluo.kernel.people.models import Account, ClassMembership, Person, Post
from heluo.kernel.people.public import end_post
from tests.kernel.people.conftest import School
from tests.register import CLERK, NOON, TODAY


def test_the_end_of_a_post_is_a_change_of_the_post_alone(small: School) -> None:
    post = Post.objects.get(person=small.teacher)
    person = Person.objects.get(pk=small.teacher.pk).changed_at
    end_post(by=CLERK, post=post, on=TODAY, now=NOON)
    assert Post.objects.get(pk=post.pk).changed_at > post.changed_at
    assert Person.objects.get(pk=small.teacher.pk).changed_at == person


def test_a_whole_class_that_leaves_has_changed(small: School) -> None:
    before = dict(ClassMembership.objects.values_list("pk", "changed_at"))
    ClassMembership.objects.filter(klass=small.klass).update(ends_on=TODAY)
    assert all(changed > before[key] for key, changed in ClassMembership.objects.values_list("pk", "changed_at"))


def test_to_sign_in_changes_no_account(small: School) -> None:
    account = Account.objects.get(person=small.teacher)
    Account.objects.filter(pk=account.pk).update(last_login=NOON, password="!", must_change_password=False)
    assert Account.objects.get(pk=account.pk).changed_at == account.changed_at
    Account.objects.filter(pk=account.pk).update(last_login=NOON + timedelta(days=1), is_active=False)
    assert Account.objects.get(pk=account.pk).changed_at > account.changed_at
