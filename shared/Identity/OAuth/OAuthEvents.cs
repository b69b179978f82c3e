using Platform.Data;

namespace Platform.Identity.OAuth;

public sealed record IdentityLinked(Guid UserId, Guid IdentityId, string Provider) : UserEvent(UserId)
{
    public override string EventType => "identity.linked";
}

public sealed record IdentityUnlinked(Guid UserId, Guid IdentityId, string Provider) : UserEvent(UserId)
{
    public override string EventType => "identity.unlinked";
}

/// <summary>What <paramref name="AbsorbedUserId"/> had belongs to the user now.</summary>
public sealed record IdentityMerged(Guid UserId, Guid IdentityId, string Provider, Guid AbsorbedUserId) : UserEvent(UserId)
{
    public override string EventType => "identity.merged";
}

internal static class ProviderWords
{
    public static string Word(this IdentityProvider provider) => EnumWords<IdentityProvider>.ToWord(provider);

    public static SignInMethod Method(this IdentityProvider provider) => provider == IdentityProvider.Github ? SignInMethod.Github : SignInMethod.Vercel;
}
