using System.Text.Json;

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Platform.Data;

/// <summary>Names and column types that hold for every entity, so that configurations only say what is special.</summary>
internal static class ModelConventions
{
    private const int LongestName = 63; // PostgreSQL cuts longer identifiers silently

    /// <summary>
    /// Forgets the types that EF took for entities because a property led to them before its configuration made it a JSON column. An entity has a configuration.
    /// </summary>
    public static void IgnoreValues(ModelBuilder model)
    {
        var entities = typeof(PlatformDbContext).Assembly.GetTypes().SelectMany(t => t.GetInterfaces())
            .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEntityTypeConfiguration<>)).Select(i => i.GenericTypeArguments[0]).ToHashSet();
        foreach (var type in model.Model.GetEntityTypes().Where(t => !t.IsOwned()).Select(t => t.ClrType).Where(t => !entities.Contains(t)).ToList())
            model.Ignore(type);
    }

    public static void Apply(ModelBuilder model, bool isSqlite)
    {
        foreach (var entity in model.Model.GetEntityTypes())
        {
            entity.SetTableName(Snake(entity.GetTableName()!));
            foreach (var property in entity.GetProperties())
                Apply(property, isSqlite);
        }

        foreach (var entity in model.Model.GetEntityTypes())
            NameKeys(entity);
    }

    private static void Apply(IMutableProperty property, bool isSqlite)
    {
        property.SetColumnName(Snake(property.GetColumnName()));
        var enumType = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
        if (enumType.IsEnum && property.GetValueConverter() is null)
            property.SetValueConverter((ValueConverter)Activator.CreateInstance(typeof(EnumWordConverter<>).MakeGenericType(enumType))!);
        if (!isSqlite && property.FindAnnotation(JsonColumn.Annotation) is not null)
            property.SetColumnType("jsonb");
        property.RemoveAnnotation(JsonColumn.Annotation);
    }

    private static void NameKeys(IMutableEntityType entity)
    {
        var table = entity.GetTableName()!;
        foreach (var key in entity.GetKeys())
            key.SetName(Checked(key.IsPrimaryKey() ? $"pk_{table}" : $"ak_{table}_{Columns(key.Properties)}"));
        foreach (var foreign in entity.GetForeignKeys())
            foreign.SetConstraintName(Checked($"fk_{table}_{foreign.PrincipalEntityType.GetTableName()}_{Columns(foreign.Properties)}"));
        foreach (var index in entity.GetIndexes())
            index.SetDatabaseName(Checked(index.Name ?? $"ix_{table}_{Columns(index.Properties)}"));
    }

    private static string Columns(IEnumerable<IMutableProperty> properties) => string.Join('_', properties.Select(p => p.GetColumnName()));

    private static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    private static string Checked(string name) => name.Length <= LongestName
        ? name
        : throw new InvalidOperationException($"The name {name} has more than {LongestName} characters; give the index a name of its own.");
}
