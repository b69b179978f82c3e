namespace Platform.Identity;

/// <summary>A token of kind user as a request wishes it.</summary>
public sealed record WishedToken(string Name, WishedEnd End)
{
    /// <summary>Null: those of <see cref="TokenScopes.Default"/> that its maker holds.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    public IReadOnlyCollection<Guid>? ProjectIds { get; init; }

    public IReadOnlyList<string>? IpAllowList { get; init; }
}

/// <summary>Makes a token for the caller in the active organization.</summary>
public sealed class CreateUserToken(Caller caller, TokenGrants grants, TokenLife life, TokenIssuer issuer)
{
    /// <param name="limit">Live tokens that the user may have in all; the families differ.</param>
    public async Task<Result<IssuedToken>> CreateAsync(WishedToken wish, int limit, CancellationToken ct)
    {
        var parent = await grants.ParentAsync(ct);
        var projects = wish.ProjectIds ?? (parent is { ProjectBound: true } ? [.. parent.Projects.Select(bound => bound.ProjectId)] : null);
        if (await grants.CheckProjectsAsync(projects, parent, ct) is { } notFound)
            return notFound;
        IReadOnlyList<string> scopes = [.. (wish.Scopes ?? grants.Held(TokenScopes.Default)).Distinct(StringComparer.Ordinal)];
        if (grants.CheckScopes(scopes, projects, parent) is { } escalation)
            return escalation;
        var networks = wish.IpAllowList is { Count: > 0 } wished ? wished : parent?.IpAllowList ?? [];
        if (TokenGrants.CheckNetworks(networks, parent) is { } refused)
            return refused;
        var end = EndOf(wish.End, parent);
        if (!end.IsOk)
            return end.Error;
        var wanted = new NewToken(TokenKind.User, wish.Name, caller.UserId!.Value, caller.OrganizationId!.Value, scopes, end.Value)
        {
            ProjectIds = projects,
            IpAllowList = networks,
            ParentId = parent?.Id,
        };
        return await issuer.IssueAsync(wanted, limit, ct);
    }

    private Result<DateTimeOffset?> EndOf(WishedEnd wish, AccessToken? parent)
    {
        var end = life.EndOf(wish, TimeSpan.FromDays(TokenLife.DefaultDays));
        if (!end.IsOk || parent?.ExpiresAt is not { } latest || end.Value <= latest)
            return end;
        return wish.IsGiven ? TokenErrors.Escalation(null) : latest;
    }
}
