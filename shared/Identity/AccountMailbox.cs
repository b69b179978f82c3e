using Platform.Workflows;

namespace Platform.Identity;

/// <summary>Adds mails with links to the unit of work; they are sent after its commit.</summary>
public sealed class AccountMailbox(IWorkflows workflows, CallerScope scope, AccountGate gate, TimeProvider clock)
{
    /// <param name="userId">Null: the mail of nobody, which costs as much and is not sent.</param>
    public void Post(Guid? userId, EmailTokenPurpose purpose, string? target) => workflows.Start(
        AccountMail.Name, AccountMail.InstanceId(Guid.CreateVersion7(clock.GetUtcNow())), new AccountMail.Input(userId, purpose, target, scope.CorrelationId));

    /// <summary>The mail that a new or changed address gets where addresses must be verified.</summary>
    public void PostVerification(User user)
    {
        if (user.Email is not null && gate.NeedsVerification(user))
            Post(user.Id, EmailTokenPurpose.Verify, target: null);
    }
}
