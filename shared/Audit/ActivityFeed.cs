using Microsoft.EntityFrameworkCore;

using Platform.Data;
using Platform.Identity;

namespace Platform.Audit;

/// <summary>What the feed is narrowed to: a membership (its id or <c>me</c>), a project of the organization.</summary>
public sealed record ActivityFilter(string? MemberId, string? ProjectId, AuditQuery Query);

/// <summary>The audit log as a feed for members: what succeeded, without sign-ins, tokens and the reading of the log itself.</summary>
public sealed class ActivityFeed(PlatformDbContext db, AuditLog log, Caller caller)
{
    private static readonly string[] Hidden = ["auth.", "token.", "audit.", "operator."];

    private static readonly Error MemberNotFound = Error.NotFound("member.not_found", "Member not found");
    private static readonly Error ProjectNotFound = Error.NotFound("project.not_found", "Project not found");

    public async Task<Result<Page<AuditRecord>>> ListAsync(ActivityFilter filter, CancellationToken ct)
    {
        var query = filter.Query with { Permission = Permissions.TeamActivity, Outcomes = [AuditOutcome.Success], ActionsHidden = Hidden };
        if (filter.MemberId is { } member)
        {
            if (await FindUserAsync(member, ct) is not { } user)
                return MemberNotFound;
            query = query with { ActorIds = [user] };
        }

        if (filter.ProjectId is { } text)
        {
            if (!Guid.TryParse(text, out var project) || !await db.Projects.AnyAsync(found => found.Id == project && found.OrganizationId == caller.OrganizationId, ct))
                return ProjectNotFound;
            query = query with { ProjectIds = [project] };
        }

        return await log.ListAsync(query, ct);
    }

    private async Task<Guid?> FindUserAsync(string member, CancellationToken ct)
    {
        if (member == "me")
            return caller.UserId;
        return Guid.TryParse(member, out var id)
            ? await db.Memberships.Where(found => found.Id == id && found.OrganizationId == caller.OrganizationId).Select(found => (Guid?)found.UserId).SingleOrDefaultAsync(ct)
            : null;
    }
}
