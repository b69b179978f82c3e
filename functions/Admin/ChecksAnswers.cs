using System.Text.Json.Serialization;

namespace Platform.Functions.Admin;

/// <summary>A good answer with nothing to tell.</summary>
public sealed record ChecksDone(bool Success);

/// <summary>A page of an operator's list.</summary>
public sealed record ChecksPage<T>(bool Success, IReadOnlyList<T> Data, ChecksPaging Pagination);

public sealed record ChecksPaging(int Limit, int Offset, bool HasMore, long Total)
{
    public static ChecksPaging Of<T>(Page<T> page) => new(page.Limit, page.Offset, page.Offset + page.Items.Count < page.Total, page.Total);
}

/// <summary>A user beside something else.</summary>
public sealed record ChecksParty(Guid Id, string Name, string? Email)
{
    public static ChecksParty From(ImpersonationParty party) => new(party.Id, party.Name, party.Email);
}

/// <summary>The two users are there while an operator acts as somebody else.</summary>
public sealed record ChecksImpersonationStatus(
    bool IsImpersonating,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ChecksParty? ImpersonatedUser,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ChecksParty? OriginalAdmin);

public sealed record ChecksOperatorCheck(bool Success, bool IsAdmin);
