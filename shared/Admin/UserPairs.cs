using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;

namespace Platform.Admin;

public enum UserPairSort
{
    Username,
    Email,
    Role,
    CreatedAt,
    UpdatedAt,
    OrganizationName,
    OrganizationRole,
}

/// <summary>Which pairs of user and organization, in which order.</summary>
/// <param name="Search">Part of username, e-mail or names; any case.</param>
public sealed record UserPairFilter(string? Search, Guid? OrganizationId, OrganizationRole? OrganizationRole, UserPairSort Sort, bool Descending, int Limit, int Offset);

/// <summary>A user and one of his organizations; one without any stands alone.</summary>
public sealed record UserPair
{
    public required User User { get; init; }

    public required Guid? OrganizationId { get; init; }

    public required string? OrganizationName { get; init; }

    public required string? OrganizationSlug { get; init; }

    public required OrganizationRole? OrganizationRole { get; init; }
}

/// <summary>A page of pairs; <paramref name="Users"/> counts all users of the platform, <paramref name="Matches"/> the pairs that match.</summary>
public sealed record UserPairPage(IReadOnlyList<UserPair> Rows, long Users, long Matches);

/// <summary>Searches users together with their organizations.</summary>
public sealed class UserPairs(PlatformDbContext db)
{
    public async Task<UserPairPage> SearchAsync(UserPairFilter filter, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);
        var matches = Matching(filter);
        var rows = await Sorted(matches, filter).Skip(filter.Offset).Take(filter.Limit).ToListAsync(ct);
        return new UserPairPage(rows, await db.Users.LongCountAsync(ct), await matches.LongCountAsync(ct));
    }

    private IQueryable<UserPair> Matching(UserPairFilter filter)
    {
        var pairs = Pairs();
        if (filter.OrganizationId is { } organization)
            pairs = pairs.Where(pair => pair.OrganizationId == organization);
        if (filter.OrganizationRole is { } role)
            pairs = pairs.Where(pair => pair.OrganizationRole == role);
        if (string.IsNullOrWhiteSpace(filter.Search))
            return pairs;
        var text = User.Key(filter.Search);
#pragma warning disable CA1862 // the database compares
        return pairs.Where(pair => pair.User.UsernameKey.Contains(text) || pair.User.EmailKey!.Contains(text)
            || pair.User.DisplayName.ToLower().Contains(text) || pair.User.FirstName!.ToLower().Contains(text) || pair.User.LastName!.ToLower().Contains(text));
#pragma warning restore CA1862
    }

    private IQueryable<UserPair> Pairs()
    {
        var members =
            from member in db.Memberships
            join organization in db.Organizations on member.OrganizationId equals organization.Id
            where organization.Status != OrganizationStatus.Deleting
            select new { member.UserId, member.Role, organization.Id, organization.Name, organization.Slug };
        return
            from user in db.Users.AsNoTracking()
            from member in members.Where(member => member.UserId == user.Id).DefaultIfEmpty()
            select new UserPair
            {
                User = user,
                OrganizationId = member == null ? null : member.Id,
                OrganizationName = member == null ? null : member.Name,
                OrganizationSlug = member == null ? null : member.Slug,
                OrganizationRole = member == null ? null : member.Role,
            };
    }

    // Nulls last in both directions; the ids make the order total.
    private static IOrderedQueryable<UserPair> Sorted(IQueryable<UserPair> pairs, UserPairFilter filter) => filter.Sort switch
    {
        UserPairSort.Email => Sorted(pairs, pair => pair.User.EmailKey == null, pair => pair.User.EmailKey, filter.Descending),
        UserPairSort.Role => Sorted(pairs, pair => false, pair => pair.User.PlatformRole, filter.Descending),
        UserPairSort.CreatedAt => Sorted(pairs, pair => false, pair => pair.User.CreatedAt, filter.Descending),
        UserPairSort.UpdatedAt => Sorted(pairs, pair => false, pair => pair.User.UpdatedAt, filter.Descending),
        UserPairSort.OrganizationName => Sorted(pairs, pair => pair.OrganizationName == null, pair => pair.OrganizationName, filter.Descending),
        UserPairSort.OrganizationRole => Sorted(pairs, pair => pair.OrganizationRole == null, pair => pair.OrganizationRole, filter.Descending),
        _ => Sorted(pairs, pair => false, pair => pair.User.UsernameKey, filter.Descending),
    };

    private static IOrderedQueryable<UserPair> Sorted<T>(IQueryable<UserPair> pairs, Expression<Func<UserPair, bool>> isNull, Expression<Func<UserPair, T>> key, bool descending)
    {
        var last = pairs.OrderBy(isNull);
        return descending
            ? last.ThenByDescending(key).ThenByDescending(pair => pair.User.Id).ThenByDescending(pair => pair.OrganizationId)
            : last.ThenBy(key).ThenBy(pair => pair.User.Id).ThenBy(pair => pair.OrganizationId);
    }
}
