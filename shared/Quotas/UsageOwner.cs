namespace Platform.Quotas;

/// <summary>For whom a use counts.</summary>
public sealed record UsageOwner(Guid UserId, Guid ProjectId, Guid OrganizationId)
{
    public Guid Of(SubjectKind kind) => kind switch
    {
        SubjectKind.User => UserId,
        SubjectKind.Project => ProjectId,
        _ => OrganizationId,
    };
}
