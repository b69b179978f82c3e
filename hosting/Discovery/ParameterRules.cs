using System.Reflection;
using EmbeddedFunctions.Invocation;
using EmbeddedFunctions.ServiceBus;
using EmbeddedFunctions.Worker;
using EmbeddedFunctions.Worker.Extensions.Abstractions;
using Microsoft.AspNetCore.Http;

namespace EmbeddedFunctions.Discovery;

/// <summary>Decides where each parameter of a function comes from, or says why it comes from nowhere.</summary>
internal sealed class ParameterRules(TriggerKind kind, IReadOnlySet<string> routeParameters, TriggerBindingAttribute? trigger = null)
{
    private readonly ServiceBusTriggerAttribute? _messages = trigger as ServiceBusTriggerAttribute;

    /// <summary>The binding, or null with a reason.</summary>
    public ParameterBinding? Bind(ParameterInfo parameter, out string? problem)
    {
        var attribute = parameter.GetCustomAttribute<BindingAttribute>();
        problem = null;
        var found = attribute is null ? ByType(parameter) : ByAttribute(parameter, attribute, out problem);
        if (found is { } bindingKind)
            return new ParameterBinding(parameter, bindingKind, attribute);

        problem ??= $"parameter '{parameter.Name}' ({parameter.ParameterType.Name}) binds to nothing: {Sources()}";
        return null;
    }

    private static BindingKind? ByAttribute(ParameterInfo parameter, BindingAttribute attribute, out string? problem)
    {
        var (bindingKind, fits, wanted) = attribute switch
        {
            HttpTriggerAttribute => (BindingKind.HttpRequest, parameter.ParameterType == typeof(HttpRequest), "HttpRequest"),
            TimerTriggerAttribute => (BindingKind.Timer, parameter.ParameterType == typeof(TimerInfo), "TimerInfo"),
            ServiceBusTriggerAttribute { IsBatched: true } => (BindingKind.MessageBatch, MessageBatch.ElementOf(parameter.ParameterType) is not null, "an array or list of messages or bodies"),
            ServiceBusTriggerAttribute => (BindingKind.MessageBody, !parameter.ParameterType.IsByRef, "a message or its body"),
            OrchestrationTriggerAttribute => (BindingKind.OrchestrationContext, parameter.ParameterType.Name == "TaskOrchestrationContext", "TaskOrchestrationContext"),
            ActivityTriggerAttribute => (BindingKind.ActivityInput, !parameter.ParameterType.IsByRef, "the input's type"),
            EntityTriggerAttribute => (BindingKind.EntityDispatcher, parameter.ParameterType == typeof(TaskEntityDispatcher), "TaskEntityDispatcher"),
            DurableClientAttribute => (BindingKind.DurableClient, parameter.ParameterType.Name == "DurableTaskClient", "DurableTaskClient"),
            _ => (default, false, "an attribute that the embedded host knows"),
        };
        problem = fits ? null : $"parameter '{parameter.Name}' with [{attribute.GetType().Name.Replace("Attribute", "", StringComparison.Ordinal)}] must be {wanted}, not {parameter.ParameterType.Name}";
        return fits ? bindingKind : null;
    }

    private BindingKind? ByType(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (type == typeof(FunctionContext) && kind != TriggerKind.Orchestration)
            return BindingKind.FunctionContext;
        if (type == typeof(CancellationToken) && kind != TriggerKind.Orchestration)
            return BindingKind.CancellationToken;

        return kind switch
        {
            TriggerKind.Http when type == typeof(HttpRequest) => BindingKind.HttpRequest,
            TriggerKind.Http when routeParameters.Contains(parameter.Name!) && RouteValue.CanBind(type) => BindingKind.RouteValue,
            TriggerKind.ServiceBus when type == typeof(ServiceBusMessageActions) => BindingKind.MessageActions,
            TriggerKind.ServiceBus when type == typeof(ServiceBusSessionMessageActions) && _messages!.IsSessionsEnabled => BindingKind.SessionActions,
            TriggerKind.ServiceBus when MessageMetadata.CanBind(parameter.Name!, type, _messages!.IsBatched) => BindingKind.MessageMetadata,
            TriggerKind.Activity when type == typeof(string) && parameter.Name!.Equals("instanceId", StringComparison.OrdinalIgnoreCase) => BindingKind.ActivityInstanceId,
            _ => null,
        };
    }

    private string Sources() => kind switch
    {
        TriggerKind.Http => $"it is no HttpRequest, FunctionContext or CancellationToken, and no parsable value of the route ({(routeParameters.Count == 0 ? "which has none" : string.Join(", ", routeParameters))})",
        TriggerKind.ServiceBus => "it is no FunctionContext, CancellationToken, ServiceBusMessageActions, ServiceBusSessionMessageActions (with IsSessionsEnabled) or message property (in a batch: an array named …Array)",
        TriggerKind.Orchestration => "an orchestrator has its context alone",
        TriggerKind.Activity => "it is no FunctionContext, CancellationToken or string instanceId",
        _ => "it is no FunctionContext or CancellationToken",
    };
}
