using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace BrainSim.Coordinator.Access;

/// <summary>Which roles an endpoint is open to; all the world where there is none.</summary>
internal sealed record Needed(params Role[] Roles)
{
    private static readonly Needed ToSee = new(Role.Read), ToChange = new(Role.Submit), ToBeTold = new(Role.Read, Role.Node);

    public bool IsNothing => Roles.Length == 0;

    public bool IsNode => Roles is [Role.Node];

    public bool IsMetBy(Role role) => IsNothing || Roles.Any(needed => role.Includes(needed));

    /// <summary>What says nothing of itself needs <c>read</c> to be asked and <c>submit</c> to be changed, so that a new endpoint is closed before anybody thinks of it.</summary>
    public static Needed By(HttpContext context) => context.GetEndpoint() switch
    {
        null => ToBeTold, // That there is nothing there.
        { } endpoint when endpoint.Metadata.GetMetadata<Needed>() is { } own => own,
        _ => HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) ? ToSee : ToChange,
    };

    public override string ToString() => string.Join(" or ", Roles.Select(role => role.Word()));
}

internal static class NeededExtensions
{
    /// <summary>Opens an endpoint to some roles only; to all the world where none is named.</summary>
    public static T Needs<T>(this T endpoint, params Role[] roles)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(new Needed(roles));
}
