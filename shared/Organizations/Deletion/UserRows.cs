using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query;
using Platform.Data;

namespace Platform.Organizations;

/// <summary>
/// Hands the rows of users (every <see cref="IUserOwned"/> entity of the model, so that none is forgotten) over to the personal organization of their user, or, when a project
/// is purged, to the default project. What has no such place any more is deleted.
/// </summary>
internal sealed class UserRows(PlatformDbContext db, WriteGate writes) : ITenantCleanup
{
    private const int Batch = 1000;
    private const string Project = "ProjectId";

    private static readonly MethodInfo Move = typeof(UserRows).GetMethod(nameof(MoveAsync), BindingFlags.Instance | BindingFlags.NonPublic)!;

    public string Name => "user-rows";

    public CleanupStage Stage => CleanupStage.HandOver;

    public async Task<bool> CleanAsync(TenantScope tenant, CancellationToken ct)
    {
        var owned = db.Model.GetEntityTypes().Where(type => typeof(IUserOwned).IsAssignableFrom(type.ClrType) && (tenant.ProjectId is null || type.FindProperty(Project) is not null));
        foreach (var type in owned)
        {
            if (await (Task<int>)Move.MakeGenericMethod(type.ClrType).Invoke(this, [type, tenant, ct])! > 0)
                return true;
        }
        return false;
    }

    private async Task<int> MoveAsync<T>(IEntityType type, TenantScope tenant, CancellationToken ct)
        where T : class, IUserOwned
    {
        using var turn = await writes.EnterAsync(ct);
        if (tenant.ProjectId is { } purged)
            return await RowsOf<T>(type, tenant.OrganizationId).Where(row => EF.Property<Guid?>(row, Project) == purged).Take(Batch).ExecuteUpdateAsync(set => ToDefault(set, type, tenant.OrganizationId), ct);

        var moved = await RowsOf<T>(type, tenant.OrganizationId)
            .Where(row => db.Organizations.Any(personal => personal.PersonalUserId == row.UserId && personal.Id != tenant.OrganizationId)).Take(Batch)
            .ExecuteUpdateAsync(set => ToPersonal(set, type), ct);
        return moved > 0 ? moved : await RowsOf<T>(type, tenant.OrganizationId).Take(Batch).ExecuteDeleteAsync(ct);
    }

    private IQueryable<T> RowsOf<T>(IEntityType type, Guid organizationId)
        where T : class, IUserOwned
    {
        var key = type.FindPrimaryKey()!.Properties[0].Name;
        return db.Set<T>().IgnoreQueryFilters([PlatformDbContext.TenantFilterName]).Where(row => row.OrganizationId == organizationId).OrderBy(row => EF.Property<object>(row, key));
    }

    private void ToPersonal<T>(UpdateSettersBuilder<T> set, IEntityType type)
        where T : class, IUserOwned
    {
        set.SetProperty(
            row => EF.Property<Guid>(row, nameof(IUserOwned.OrganizationId)),
            row => db.Organizations.Where(personal => personal.PersonalUserId == row.UserId).Select(personal => personal.Id).First());
        if (type.FindProperty(Project) is null)
            return;
        var homes = from personal in db.Organizations
                    join project in db.Projects on personal.Id equals project.OrganizationId
                    where project.IsDefault
                    select new { personal.PersonalUserId, project.Id };
        if (IsOptional(type))
            set.SetProperty(row => EF.Property<Guid?>(row, Project), row => homes.Where(home => home.PersonalUserId == row.UserId).Select(home => (Guid?)home.Id).First());
        else
            set.SetProperty(row => EF.Property<Guid>(row, Project), row => homes.Where(home => home.PersonalUserId == row.UserId).Select(home => home.Id).First());
    }

    private void ToDefault<T>(UpdateSettersBuilder<T> set, IEntityType type, Guid organizationId)
        where T : class, IUserOwned
    {
        var home = db.Projects.Where(project => project.OrganizationId == organizationId && project.IsDefault);
        if (IsOptional(type))
            set.SetProperty(row => EF.Property<Guid?>(row, Project), row => home.Select(project => (Guid?)project.Id).First());
        else
            set.SetProperty(row => EF.Property<Guid>(row, Project), row => home.Select(project => project.Id).First());
    }

    private static bool IsOptional(IEntityType type) => type.FindProperty(Project)!.IsNullable;
}
