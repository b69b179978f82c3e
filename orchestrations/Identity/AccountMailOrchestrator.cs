using Platform.Identity;

namespace Platform.Orchestrations.Identity;

/// <summary>Sends one mail with a link; one that cannot be delivered fails the instance, where operators see it.</summary>
public static class AccountMailOrchestrator
{
    [Function(AccountMail.Name)]
    public static Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context) =>
        SendAccountMailActivity.CallAsync(context, context.GetInput<AccountMail.Input>()!);
}
