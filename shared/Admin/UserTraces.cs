using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Platform.Data;
using Platform.Identity;

namespace Platform.Admin;

/// <summary>
/// What a user leaves in the rows of all areas: his private rows (every <see cref="IUserOwned"/> entity), and the columns that name him as an author (every optional
/// id whose name ends in <c>By</c>). Both are found in the model, so that no area is forgotten.
/// </summary>
public sealed class UserTraces(PlatformDbContext db)
{
    private const string AuthorEnding = "By";

    private static readonly MethodInfo Count = Method(nameof(CountRowsAsync));
    private static readonly MethodInfo Gather = Method(nameof(GatherRowsAsync));
    private static readonly MethodInfo Forget = Method(nameof(ForgetColumnAsync));

    /// <summary>How many rows of each table go with him: his private ones and those that hang on his account.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountAsync(Guid userId, CancellationToken ct)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var column in OwnerColumns(db.Model))
        {
            var type = column.DeclaringType.ClrType;
            if (await (Task<int>)Count.MakeGenericMethod(type).Invoke(this, [column.Name, userId, ct])! is var count and > 0)
                counts[((IEntityType)column.DeclaringType).GetTableName()!] = count;
        }

        return counts;
    }

    /// <summary>Moves his private rows of all organizations to his personal one, whose deletion then stops and removes them.</summary>
    public async Task GatherAsync(Guid userId, CancellationToken ct)
    {
        if (await db.Organizations.Where(organization => organization.PersonalUserId == userId).Select(organization => (Guid?)organization.Id).SingleOrDefaultAsync(ct) is not { } personal)
            return;
        foreach (var type in db.Model.GetEntityTypes().Where(type => typeof(IUserOwned).IsAssignableFrom(type.ClrType)))
            await (Task)Gather.MakeGenericMethod(type.ClrType).Invoke(this, [userId, personal, ct])!;
    }

    /// <summary>Empties the columns that name him as an author.</summary>
    public async Task ForgetAsync(Guid userId, CancellationToken ct)
    {
        foreach (var column in AuthorColumns(db.Model))
            await (Task)Forget.MakeGenericMethod(column.DeclaringType.ClrType).Invoke(this, [column.Name, userId, ct])!;
    }

    internal static IEnumerable<IProperty> AuthorColumns(IModel model) => model.GetEntityTypes().Where(entity => !entity.IsOwned())
        .SelectMany(entity => entity.GetProperties())
        .Where(property => property.ClrType == typeof(Guid?) && property.Name.EndsWith(AuthorEnding, StringComparison.Ordinal));

    private static IEnumerable<IProperty> OwnerColumns(IModel model) => model.GetEntityTypes().Where(entity => !entity.IsOwned())
        .Select(entity => typeof(IUserOwned).IsAssignableFrom(entity.ClrType)
            ? entity.FindProperty(nameof(IUserOwned.UserId))
            : entity.GetForeignKeys().FirstOrDefault(key => key.PrincipalEntityType.ClrType == typeof(User) && key.DeleteBehavior == DeleteBehavior.Cascade)?.Properties[0])
        .OfType<IProperty>();

    private Task<int> CountRowsAsync<T>(string column, Guid userId, CancellationToken ct)
        where T : class => db.Set<T>().CountAsync(row => EF.Property<Guid>(row, column) == userId, ct);

    private Task<int> GatherRowsAsync<T>(Guid userId, Guid personal, CancellationToken ct)
        where T : class, IUserOwned => db.Set<T>().Where(row => row.UserId == userId && row.OrganizationId != personal)
        .ExecuteUpdateAsync(set => set.SetProperty(row => EF.Property<Guid>(row, nameof(IUserOwned.OrganizationId)), personal), ct);

    private Task<int> ForgetColumnAsync<T>(string column, Guid userId, CancellationToken ct)
        where T : class => db.Set<T>().Where(row => EF.Property<Guid?>(row, column) == userId)
        .ExecuteUpdateAsync(set => set.SetProperty(row => EF.Property<Guid?>(row, column), (Guid?)null), ct);

    private static MethodInfo Method(string name) => typeof(UserTraces).GetMethod(name, BindingFlags.Instance | BindingFlags.NonPublic)!;
}
