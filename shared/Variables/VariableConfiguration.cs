using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Platform.Organizations;

namespace Platform.Variables;

internal sealed class VariableConfiguration : IEntityTypeConfiguration<Variable>
{
    public void Configure(EntityTypeBuilder<Variable> builder)
    {
        builder.ToTable("variables").HasKey(variable => variable.Id);
        builder.Property(variable => variable.Targets).HasConversion(new EnumToNumberConverter<VariableTargets, int>());
        builder.Property(variable => variable.Scopes).HasConversion<EnumToNumberConverter<VariableScopes, int>>();
        builder.Property(variable => variable.Version).IsConcurrencyToken();
        builder.HasOne<Project>().WithMany().HasForeignKey(variable => variable.ProjectId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(variable => variable.ProjectId);
        builder.HasIndex(variable => variable.ContentId).IsUnique();
        Unique(builder, "tests", "audience = 'tests'");
        foreach (var target in Enum.GetValues<VariableTargets>().Where(target => target != VariableTargets.None))
            Unique(builder, target.ToString().ToLowerInvariant(), $"audience = 'runtime' AND (targets & {(int)target}) <> 0");
    }

    // One index per target, so that a variable is one row and two of them with a common target cannot share a key.
    private static void Unique(EntityTypeBuilder<Variable> builder, string name, string filter) =>
        builder.HasIndex(variable => new { variable.ProjectId, variable.Key }, $"ix_variables_{name}").IsUnique().HasFilter(filter);
}
