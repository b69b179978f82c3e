namespace Platform.Identity;

/// <summary>
/// The durable orchestration that sends one mail with a link: its name, instance id and input. The link's token is made by the activity that sends it, so it stands in
/// no history, and a request takes the same time whether there is such a user or not.
/// </summary>
public static class AccountMail
{
    public const string Name = "AccountMail";

    public static string InstanceId(Guid mailId) => $"account-mail-{mailId}";

    /// <param name="UserId">Null: nobody has the address, nothing is sent.</param>
    /// <param name="Target">Where the link leads on to.</param>
    public sealed record Input(Guid? UserId, EmailTokenPurpose Purpose, string? Target, string? CorrelationId);
}
