using System.Reflection;

using Microsoft.EntityFrameworkCore;

using Platform.Identity;

namespace Platform.Data;

/// <summary>
/// The query filters of the tenants. A null filter value means "no restriction" and EF drops the term from the SQL (it knows which parameters are null),
/// so a user's query reads <c>where user_id = @me</c> and can use an index; <c>EF.Parameter</c> keeps EF from evaluating the comparison itself. <see cref="Guid.Empty"/> matches no row: <see cref="TenantGuard"/> keeps it out.
/// </summary>
public sealed partial class PlatformDbContext
{
    /// <summary>Name of the query filter, for the few places that must look past it (<c>IgnoreQueryFilters([…])</c>).</summary>
    public const string TenantFilterName = "tenant";

    private Guid? UserFilter => Caller.Kind switch
    {
        CallerKind.System or CallerKind.Platform => null,
        CallerKind.User => Caller.UserId ?? Guid.Empty,
        _ => Guid.Empty,
    };

    private Guid? UserOrganizationFilter => Caller is { Kind: CallerKind.User, Credential: not CredentialKind.AccessToken } ? null : OrganizationFilter;

    private Guid? OrganizationFilter => Caller.Kind switch
    {
        CallerKind.Platform => null,
        CallerKind.User or CallerKind.System => Caller.OrganizationId ?? Guid.Empty,
        _ => Guid.Empty,
    };

    // A token bound to one project reads by equality; one bound to several by a list, whose term is dropped for all others by the null beside it.
    private Guid? ProjectFilter => Caller.TokenProjects switch
    {
        null or { Count: > 1 } => null,
        [var project] => project,
        _ => Guid.Empty,
    };

    private Guid? ProjectsFilter => Caller.TokenProjects is { Count: > 1 } projects ? projects[0] : null;

    private Guid[] TokenProjects => Caller.TokenProjects is { Count: > 1 } projects ? [.. projects] : [];

    private Guid? OperatorUserFilter => Caller.IsOperator ? null : UserFilter;

    private Guid? OperatorUserOrganizationFilter => Caller.IsOperator ? null : UserOrganizationFilter;

    private Guid? OperatorOrganizationFilter => Caller.IsOperator ? null : OrganizationFilter;


    private void AddTenantFilters(ModelBuilder model)
    {
        foreach (var type in model.Model.GetEntityTypes().Where(t => t.BaseType is null && !t.IsOwned()).Select(t => t.ClrType).ToList())
        {
            if (FilterMethod(type) is { } name)
                typeof(PlatformDbContext).GetMethod(name, BindingFlags.Instance | BindingFlags.NonPublic)!.MakeGenericMethod(type).Invoke(this, [model]);
        }
    }

    private static string? FilterMethod(Type type)
    {
        var anyone = typeof(IOperatorVisible).IsAssignableFrom(type);
        List<string?> kinds = [];
        if (type.IsDefined(typeof(PlatformScopedAttribute), false))
            kinds.Add(null);
        if (typeof(IUserOwned).IsAssignableFrom(type))
            kinds.Add(anyone ? nameof(FilterUserOwnedOrOperator) : nameof(FilterUserOwned));
        if (typeof(IOptionallyOwned).IsAssignableFrom(type))
            kinds.Add(anyone ? nameof(FilterOptionallyOwnedOrOperator) : nameof(FilterOptionallyOwned));
        if (typeof(IProjectOwned).IsAssignableFrom(type))
            kinds.Add(anyone ? nameof(FilterProjectOwnedOrOperator) : nameof(FilterProjectOwned));
        else if (typeof(IOrganizationOwned).IsAssignableFrom(type))
            kinds.Add(anyone ? nameof(FilterOrganizationOwnedOrOperator) : nameof(FilterOrganizationOwned));

        return kinds.Count == 1
            ? kinds[0]
            : throw new InvalidOperationException($"{type.Name} must have exactly one scope: a marker interface of Scopes.cs or [PlatformScoped]; it has {kinds.Count}.");
    }

    private void FilterUserOwned<T>(ModelBuilder model) where T : class, IUserOwned => model.Entity<T>().HasQueryFilter(TenantFilterName, e =>
        (EF.Parameter(UserFilter) == null || e.UserId == UserFilter) && (EF.Parameter(UserOrganizationFilter) == null || e.OrganizationId == UserOrganizationFilter));

    private void FilterUserOwnedOrOperator<T>(ModelBuilder model) where T : class, IUserOwned => model.Entity<T>().HasQueryFilter(TenantFilterName, e =>
        (EF.Parameter(OperatorUserFilter) == null || e.UserId == OperatorUserFilter)
        && (EF.Parameter(OperatorUserOrganizationFilter) == null || e.OrganizationId == OperatorUserOrganizationFilter));

    private void FilterOptionallyOwned<T>(ModelBuilder model) where T : class, IOptionallyOwned => model.Entity<T>().HasQueryFilter(TenantFilterName, e =>
        (EF.Parameter(UserFilter) == null || e.UserId == UserFilter) && (EF.Parameter(UserOrganizationFilter) == null || e.OrganizationId == UserOrganizationFilter));

    private void FilterOptionallyOwnedOrOperator<T>(ModelBuilder model) where T : class, IOptionallyOwned => model.Entity<T>().HasQueryFilter(TenantFilterName, e =>
        (EF.Parameter(OperatorUserFilter) == null || e.UserId == OperatorUserFilter)
        && (EF.Parameter(OperatorUserOrganizationFilter) == null || e.OrganizationId == OperatorUserOrganizationFilter));

    private void FilterOrganizationOwned<T>(ModelBuilder model) where T : class, IOrganizationOwned => model.Entity<T>().HasQueryFilter(TenantFilterName, e =>
        EF.Parameter(OrganizationFilter) == null || e.OrganizationId == OrganizationFilter);

    private void FilterOrganizationOwnedOrOperator<T>(ModelBuilder model) where T : class, IOrganizationOwned => model.Entity<T>().HasQueryFilter(TenantFilterName, e =>
        EF.Parameter(OperatorOrganizationFilter) == null || e.OrganizationId == OperatorOrganizationFilter);

    private void FilterProjectOwned<T>(ModelBuilder model) where T : class, IProjectOwned => model.Entity<T>().HasQueryFilter(TenantFilterName, e =>
        (EF.Parameter(OrganizationFilter) == null || e.OrganizationId == OrganizationFilter)
        && (EF.Parameter(ProjectFilter) == null || e.ProjectId == ProjectFilter) && (EF.Parameter(ProjectsFilter) == null || TokenProjects.Contains(e.ProjectId)));

    private void FilterProjectOwnedOrOperator<T>(ModelBuilder model) where T : class, IProjectOwned => model.Entity<T>().HasQueryFilter(TenantFilterName, e =>
        (EF.Parameter(OperatorOrganizationFilter) == null || e.OrganizationId == OperatorOrganizationFilter)
        && (EF.Parameter(ProjectFilter) == null || e.ProjectId == ProjectFilter) && (EF.Parameter(ProjectsFilter) == null || TokenProjects.Contains(e.ProjectId)));
}
