using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Data;
using Platform.Organizations;

namespace Platform.UserFunctions;

internal sealed class UserFunctionConfiguration : IEntityTypeConfiguration<UserFunction>
{
    public void Configure(EntityTypeBuilder<UserFunction> builder)
    {
        builder.ToTable("user_functions").HasKey(function => function.Id);
        builder.Property(function => function.Id).ValueGeneratedNever();
        builder.Property(function => function.Version).IsConcurrencyToken();
        builder.Property(function => function.EnvironmentNames).HasJsonConversion();
        builder.Property(function => function.HealthCheck).HasJsonConversion();
        builder.HasOne<Project>().WithMany().HasForeignKey(function => function.ProjectId).OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(function => function.Tags).WithOne().HasForeignKey(tag => tag.FunctionId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(function => new { function.ProjectId, function.NameKey }).IsUnique();
        builder.HasIndex(function => new { function.OrganizationId, function.CreatedAt });
        builder.HasIndex(function => function.MinInstances).HasFilter("min_instances > 0");
    }
}

internal sealed class FunctionTagConfiguration : IEntityTypeConfiguration<FunctionTag>
{
    public void Configure(EntityTypeBuilder<FunctionTag> builder) =>
        builder.ToTable("user_function_tags").HasKey(tag => new { tag.FunctionId, tag.Key });
}

internal sealed class FunctionVersionConfiguration : IEntityTypeConfiguration<FunctionVersion>
{
    public void Configure(EntityTypeBuilder<FunctionVersion> builder)
    {
        builder.ToTable("function_versions").HasKey(version => new { version.FunctionId, version.Number });
        builder.HasOne<UserFunction>().WithMany().HasForeignKey(version => version.FunctionId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class FunctionDeploymentConfiguration : IEntityTypeConfiguration<FunctionDeployment>
{
    public void Configure(EntityTypeBuilder<FunctionDeployment> builder)
    {
        builder.ToTable("function_deployments").HasKey(deployment => deployment.Id);
        builder.Property(deployment => deployment.Id).ValueGeneratedNever();
        builder.Property(deployment => deployment.Version).IsConcurrencyToken();
        builder.Property(deployment => deployment.Steps).HasJsonConversion();
        builder.Ignore(deployment => deployment.IsLive).Ignore(deployment => deployment.DurationMs).Ignore(deployment => deployment.Error);
        builder.HasOne<UserFunction>().WithMany().HasForeignKey(deployment => deployment.FunctionId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(deployment => new { deployment.FunctionId, deployment.CreatedAt });
        builder.HasIndex(deployment => deployment.FunctionId, "ix_function_deployments_live").IsUnique().HasFilter("status IN ('queued', 'packaging', 'probing', 'switching')");
    }
}

internal sealed class FunctionInvocationConfiguration : IEntityTypeConfiguration<FunctionInvocation>
{
    public void Configure(EntityTypeBuilder<FunctionInvocation> builder)
    {
        builder.ToTable("function_invocations").HasKey(invocation => invocation.Id);
        builder.Property(invocation => invocation.Id).ValueGeneratedNever();
        builder.Property(invocation => invocation.Error).HasJsonConversion();
        builder.Property(invocation => invocation.Logs).HasJsonConversion();
        builder.HasOne<Project>().WithMany().HasForeignKey(invocation => invocation.ProjectId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(invocation => invocation.ProjectId);
        builder.HasIndex(invocation => new { invocation.FunctionId, invocation.CreatedAt });
        builder.HasIndex(invocation => invocation.CreatedAt);
    }
}
