using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;

namespace Platform.Orchestrations.Identity;

/// <summary>Makes the link of a mail and sends it: 5 tries, 5 seconds to 5 minutes apart. Each makes a link of its own, so that none stands in the history.</summary>
public sealed class SendAccountMailActivity(IServiceScopeFactory scopes)
{
    private const string Name = "Identity_SendAccountMail";

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromSeconds(5), 4, TimeSpan.FromMinutes(5)));

    public static Task CallAsync(TaskOrchestrationContext context, AccountMail.Input mail) => context.CallActivityAsync(Name, mail, Retry);

    [Function(Name)]
    public async Task RunAsync([ActivityTrigger] AccountMail.Input mail, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform, mail.CorrelationId);
        await scope.ServiceProvider.GetRequiredService<AccountMailSender>().SendAsync(mail, ct);
    }
}
