using System.Runtime.CompilerServices;

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

using Platform.Data;

namespace Platform.Tests.Fixtures;

/// <summary>Builds a storable row of any entity of the model, past constructors and rules: for tests over the whole model.</summary>
public static class SampleRows
{
    private static int _count;

    /// <summary>Adds a row whose required columns hold arbitrary, unique values and whose owner columns hold the given ids.</summary>
    public static EntityEntry AddSample(this PlatformDbContext db, IEntityType type, Guid userId, Guid organizationId, Guid projectId)
    {
        var entry = db.Entry(RuntimeHelpers.GetUninitializedObject(type.ClrType));
        foreach (var property in type.GetProperties().Where(p => p.ValueGenerated == ValueGenerated.Never || p.IsPrimaryKey()))
        {
            if (property is { ValueGenerated: ValueGenerated.OnAdd, ClrType: { } key } && (key == typeof(long) || key == typeof(int)))
                continue;
            entry.Property(property.Name).CurrentValue = property.Name switch
            {
                nameof(IUserOwned.UserId) => userId,
                nameof(IOrganizationOwned.OrganizationId) => organizationId,
                nameof(IProjectOwned.ProjectId) => projectId,
                _ => property.IsNullable ? null : Value(property),
            };
        }

        entry.State = EntityState.Added;
        return entry;
    }

    private static object? Value(IProperty property)
    {
        var number = Interlocked.Increment(ref _count);
        var type = property.ClrType;
        if (property.GetColumnType() is "jsonb" && type == typeof(string))
            return "{}";
        if (type == typeof(string))
            return $"sample-{number}";
        if (type == typeof(Guid))
            return Guid.CreateVersion7();
        if (type == typeof(DateTimeOffset))
            return DateTimeOffset.UnixEpoch.AddSeconds(number);
        if (type == typeof(DateOnly))
            return DateOnly.FromDayNumber(number);
        if (type == typeof(byte[]))
            return new byte[] { 1 };
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(0);
        if (type == typeof(bool))
            return false;
        if (type.IsPrimitive || type == typeof(decimal))
            return Convert.ChangeType(number % 100, type, System.Globalization.CultureInfo.InvariantCulture);
        return property.GetValueConverter() is { } converter ? JsonSample(type, converter.ProviderClrType) : RuntimeHelpers.GetUninitializedObject(type);
    }

    private static object? JsonSample(Type type, Type stored)
    {
        if (stored != typeof(string))
            return RuntimeHelpers.GetUninitializedObject(type);
        var json = typeof(System.Collections.IEnumerable).IsAssignableFrom(type) && !type.Name.Contains("Dictionary", StringComparison.Ordinal) ? "[]" : "{}";
        try
        {
            return System.Text.Json.JsonSerializer.Deserialize(json, type, JsonColumn.Options);
        }
        catch (System.Text.Json.JsonException)
        {
            return RuntimeHelpers.GetUninitializedObject(type);
        }
    }
}
