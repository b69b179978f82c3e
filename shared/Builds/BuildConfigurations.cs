using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Builds;

internal sealed class BuildConfiguration : IEntityTypeConfiguration<Build>
{
    public void Configure(EntityTypeBuilder<Build> builder)
    {
        builder.ToTable("builds").HasKey(build => build.Id);
        builder.Property(build => build.Id).ValueGeneratedNever();
        builder.Property(build => build.Version).IsConcurrencyToken();
        builder.Property(build => build.Source).HasJsonConversion();
        builder.Property(build => build.Config).HasJsonConversion();
        builder.Property(build => build.Detected).HasJsonConversion();
        builder.Ignore(build => build.Failure);
        builder.HasOne<Project>().WithMany().HasForeignKey(build => build.ProjectId).OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(build => build.Labels).WithOne().HasForeignKey(label => label.BuildId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(build => new { build.ProjectId, build.Number }).IsUnique();
        builder.HasIndex(build => new { build.ProjectId, build.FinishedAt });
        builder.HasIndex(build => new { build.OrganizationId, build.Status });
        builder.HasIndex(build => new { build.Status, build.LeaseExpiresAt });
        builder.HasIndex(build => build.RetryOf);
        builder.HasIndex(build => build.SnapshotExpiresAt);
        builder.HasIndex(build => build.CreatedAt);
    }
}

internal sealed class BuildLabelConfiguration : IEntityTypeConfiguration<BuildLabel>
{
    public void Configure(EntityTypeBuilder<BuildLabel> builder) => builder.ToTable("build_labels").HasKey(label => new { label.BuildId, label.Key });
}

internal sealed class BuildStepConfiguration : IEntityTypeConfiguration<BuildStep>
{
    public void Configure(EntityTypeBuilder<BuildStep> builder)
    {
        builder.ToTable("build_steps").HasKey(step => step.Id);
        builder.Property(step => step.Id).ValueGeneratedNever();
        builder.HasOne<Build>().WithMany().HasForeignKey(step => step.BuildId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(step => new { step.BuildId, step.Order });
    }
}

internal sealed class BuildLogChunkConfiguration : IEntityTypeConfiguration<BuildLogChunk>
{
    public void Configure(EntityTypeBuilder<BuildLogChunk> builder)
    {
        builder.ToTable("build_log_chunks").HasKey(chunk => new { chunk.BuildId, chunk.First });
        builder.Property(chunk => chunk.First).ValueGeneratedNever();
        builder.HasOne<Build>().WithMany().HasForeignKey(chunk => chunk.BuildId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class BuildArtifactConfiguration : IEntityTypeConfiguration<BuildArtifact>
{
    public void Configure(EntityTypeBuilder<BuildArtifact> builder)
    {
        builder.ToTable("build_artifacts").HasKey(artifact => artifact.Id);
        builder.Property(artifact => artifact.Id).ValueGeneratedNever();
        builder.Ignore(artifact => artifact.BlobKey);
        builder.HasOne<Build>().WithMany().HasForeignKey(artifact => artifact.BuildId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(artifact => new { artifact.BuildId, artifact.Path });
        builder.HasIndex(artifact => artifact.ExpiresAt);
    }
}

internal sealed class BuildHookRunConfiguration : IEntityTypeConfiguration<BuildHookRun>
{
    public void Configure(EntityTypeBuilder<BuildHookRun> builder)
    {
        builder.ToTable("build_hook_runs").HasKey(run => run.Id);
        builder.Property(run => run.Id).ValueGeneratedNever();
        builder.Property(run => run.Names).HasJsonConversion();
        builder.Property(run => run.Results).HasJsonConversion();
        builder.HasOne<Build>().WithMany().HasForeignKey(run => run.BuildId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(run => new { run.BuildId, run.Number }).IsUnique();
        builder.HasIndex(run => run.Status);
    }
}

internal sealed class BuildConfigConfiguration : IEntityTypeConfiguration<BuildConfig>
{
    public void Configure(EntityTypeBuilder<BuildConfig> builder)
    {
        builder.ToTable("build_configs").HasKey(config => config.Id);
        builder.Property(config => config.Id).ValueGeneratedNever();
        builder.Property(config => config.Version).IsConcurrencyToken();
        builder.Property(config => config.Settings).HasJsonConversion();
    }
}

internal sealed class BuildCacheConfiguration : IEntityTypeConfiguration<BuildCache>
{
    public void Configure(EntityTypeBuilder<BuildCache> builder)
    {
        builder.ToTable("build_caches").HasKey(cache => cache.Id);
        builder.Property(cache => cache.Id).ValueGeneratedNever();
        builder.HasOne<Project>().WithMany().HasForeignKey(cache => cache.ProjectId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(cache => new { cache.ProjectId, cache.Key }).IsUnique();
        builder.HasIndex(cache => cache.UsedAt);
    }
}
