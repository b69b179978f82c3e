using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Platform.Settings;

/// <summary>The platform's settings document. What a stored document lacks has its default.</summary>
public sealed record SystemSettings
{
    public const string Section = "SystemSettings";

    [ValidateObjectMembers]
    public ExecutionLimitSettings ExecutionLimits { get; init; } = new();

    [ValidateObjectMembers]
    public SecuritySettings SecuritySettings { get; init; } = new();

    [ValidateObjectMembers]
    public MonitoringSettings MonitoringSettings { get; init; } = new();
}

public sealed record ExecutionLimitSettings
{
    [Range(1, 3600)]
    public int MaxTimeoutSeconds { get; init; } = 300;

    [Range(128, 4096)]
    public int MaxMemoryMb { get; init; } = 512;

    [Range(1, 8)]
    public int MaxCpuCores { get; init; } = 2;

    [Range(1, 100)]
    public int MaxConcurrentExecutions { get; init; } = 10;
}

public sealed record SecuritySettings
{
    [Range(8, 32)]
    public int PasswordMinLength { get; init; } = 8;

    [Range(5, 1440)]
    public int SessionTimeoutMinutes { get; init; } = 60;

    [Range(3, 10)]
    public int MaxLoginAttempts { get; init; } = 5;

    [Range(5, 60)]
    public int LockoutDurationMinutes { get; init; } = 15;
}

public sealed record MonitoringSettings
{
    [Range(7, 90)]
    public int MetricsRetentionDays { get; init; } = 30;

    [AllowedValues("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")]
    public string LogLevel { get; init; } = "INFO";

    public bool EnableTracing { get; init; } = true;

    [Range(0.0, 1.0)]
    public double SamplingRate { get; init; } = 0.1;
}
