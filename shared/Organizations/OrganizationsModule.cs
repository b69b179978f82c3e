using Microsoft.Extensions.DependencyInjection;
using Platform.Dashboards;
using Platform.Identity;

namespace Platform.Organizations;

public static class OrganizationsModule
{
    /// <summary>Registers the area: needs the platform's data, identity and mail.</summary>
    public static IServiceCollection AddOrganizations(this IServiceCollection services)
    {
        services.AddSection<OrganizationOptions>(OrganizationOptions.Section);
        services.AddSingleton<ProjectDirectory>().AddSingleton<CallerPlace>().AddSingleton<OrganizationSweep>();
        services.AddScoped<ActivePlace>().AddScoped<RequestedProject>().AddScoped<AssignmentService>().AddScoped<TenantCounts>();
        services.AddScoped<OrganizationService>().AddScoped<OrganizationQueries>();
        services.AddScoped<MemberService>().AddScoped<MemberRemoval>().AddScoped<MemberQueries>().AddScoped<TeamQueries>().AddScoped<InviteSeveral>();
        services.AddScoped<RoleService>().AddScoped<RoleQueries>().AddScoped<AssignRole>().AddScoped<UnassignRole>().AddSingleton<ExpiredAssignments>();
        services.AddScoped<InvitationRules>().AddScoped<InvitationSender>().AddScoped<InvitationService>().AddScoped<AcceptInvitation>().AddScoped<InvitationQueries>().AddScoped<IInvitationGate, InvitationGate>();
        services.AddScoped<ProjectService>().AddScoped<ProjectMemberService>().AddScoped<ProjectQueries>();
        services.AddScoped<DeleteOrganization>().AddScoped<TenantRemoval>().AddScoped<ITenantCleanup, UserRows>();
        services.AddScoped<IDashboardPart, TeamDashboard>();
        return services;
    }
}
