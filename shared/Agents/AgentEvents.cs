using Platform.Identity;

namespace Platform.Agents;

public sealed record ProviderKeySaved(Guid UserId, string Provider) : UserEvent(UserId)
{
    public override string EventType => "api_key.saved";
}

public sealed record ProviderKeyDeleted(Guid UserId, string Provider) : UserEvent(UserId)
{
    public override string EventType => "api_key.deleted";
}
