using BrainSim.Engine.Expressions;
using BrainSim.Engine.Units;

namespace BrainSim.Engine.Models;

/// <summary>Checks that a model's names are declared once and known where they are used, and that its expressions make sense.</summary>
public sealed class ModelCheck
{
    /// <summary>Largest right-hand side after its helpers are written in.</summary>
    public const int LargestExpression = 50_000;

    private const int MostVariables = 1_000;

    private readonly ModelSpec model;
    private readonly Mistakes mistakes;
    private readonly HashSet<string> known = [];

    private ModelCheck(ModelSpec model, Mistakes mistakes) => (this.model, this.mistakes) = (model, mistakes);

    public static void Check(ModelSpec model, Mistakes mistakes)
    {
        ModelCheck check = new(model, mistakes);
        if (!check.Declarations())
        {
            return;
        }

        check.Method();
        check.InitialValues();
        check.Dynamics();
        check.WrittenOut();
        if (model.Kind == ModelKind.Neuron)
        {
            check.Spike();
        }
        else
        {
            check.Synapse();
        }
    }

    private string Word => model.Name;

    private bool Declarations()
    {
        if (model.Parameters.Length + model.State.Length + model.Inputs.Length + model.Lets.Length > MostVariables)
        {
            mistakes.Add(model.Place, $"{Word} declares more than {MostVariables} names");
            return false;
        }

        known.UnionWith(Scope.Constants);
        known.UnionWith(Scope.Builtin);
        if (model.Kind == ModelKind.Synapse)
        {
            // A synapse has two neurons and two populations, so neither name would be clear.
            known.ExceptWith([Scope.Index, Scope.Size]);
        }

        HashSet<string> declared = [];
        IEnumerable<(string Name, Place Place)> own =
        [
            .. model.Parameters.Select(p => (p.Name, p.Place)), .. model.State.Select(s => (s.Name, s.Place)),
            .. model.Inputs.Select(i => (i, model.Place)), .. model.Lets.Select(l => (l.Name, l.Place)),
        ];
        foreach ((string name, Place place) in own)
        {
            if (!declared.Add(name))
            {
                mistakes.Add(place, $"'{name}' is declared twice in {Word}");
            }
        }

        foreach (string name in model.State.Select(s => s.Name).Concat(model.Inputs).Where(n => n is "spikes" or "rate"))
        {
            mistakes.Add(model.Place, $"a variable cannot be called '{name}', which monitors record of every population; choose another name");
        }

        return true;
    }

    private void Method()
    {
        if (SolverNames.WhyNot(model.Method) is { } reason)
        {
            mistakes.Add(model.Place.At("method"), reason);
        }
        else if (model.Tolerance is { } tolerance && (SolverNames.WhyNotTolerance(tolerance) ?? SolverNames.WhyNotWithin(model.Method)) is { } wrong)
        {
            mistakes.Add(model.Place.At("tol"), wrong);
        }
    }

    private void InitialValues()
    {
        foreach (Parameter parameter in model.Parameters)
        {
            Uses(parameter.Default, parameter.Place, Names([Scope.Index, Scope.Size, .. Scope.Constants]), randomAllowed: true);
            if (Algebra.Simplify(parameter.Default) is Number { Value: var standard } && !parameter.Range.Holds(standard))
            {
                mistakes.Add(parameter.Place, $"the default of {parameter.Name} is {parameter.Default}, and by its range it must be {parameter.Range.Words(parameter.Unit)}");
            }
        }

        HashSet<string> parameters = [Scope.Index, Scope.Size, .. Scope.Constants, .. model.Parameters.Select(p => p.Name)];
        foreach (StateVariable variable in model.State)
        {
            Uses(variable.Initial, variable.Place, parameters, randomAllowed: true);
        }
    }

    private void Dynamics()
    {
        known.UnionWith(model.Parameters.Select(p => p.Name));
        known.UnionWith(model.State.Select(s => s.Name));
        known.UnionWith(model.Inputs);
        if (model.Kind == ModelKind.Channel)
        {
            known.Add("V");
        }

        bool synapse = model.Kind == ModelKind.Synapse;
        foreach (Definition let in model.Lets)
        {
            Uses(let.Value, let.Place, known, partners: synapse);
            known.Add(let.Name);
        }

        HashSet<string> advanced = [];
        foreach (Definition equation in model.Equations)
        {
            IsState(equation);
            if (!advanced.Add(equation.Name))
            {
                mistakes.Add(equation.Place, $"there are two equations for {equation.Name}");
            }

            Uses(equation.Value, equation.Place, model.Kind == ModelKind.Neuron ? [.. known, .. NoiseIn(equation)] : known, partners: synapse);
            IsLinearInNoise(equation);
        }

        if (model.Noise is not null && !model.Equations.SelectMany(NoiseIn).Any())
        {
            mistakes.Add(model.Place.At("noise"), $"no equation of {Word} has noise; write it with {Scope.Noise}, or remove 'noise'");
        }

        HashSet<string> withOld = [.. known, .. model.State.Select(s => Scope.Old + s.Name)];
        foreach (Definition update in model.Updates)
        {
            IsState(update);
            Uses(update.Value, update.Place, withOld, randomAllowed: true);
        }
    }

    private static IEnumerable<string> NoiseIn(Definition equation) => Rewriting.NamesIn(equation.Value).Where(Scope.IsNoise);

    /// <summary>The solvers know <c>f + g*xi</c>: white noise has no square and no function.</summary>
    private void IsLinearInNoise(Definition equation)
    {
        foreach (string noise in NoiseIn(equation))
        {
            Polynomial polynomial = Polynomial.Of(equation.Value, noise);
            if (!polynomial.IsLinear || Rewriting.NamesIn(polynomial.Coefficient(1)).Any(Scope.IsNoise))
            {
                mistakes.Add(equation.Place, $"white noise has no powers and no functions, and '{equation.Value}' is not linear in {noise}; write it as f + g*{noise}");
                return;
            }
        }
    }

    private void Spike()
    {
        if (model.Spike is not { } spike)
        {
            return;
        }

        HashSet<string> names = [.. known, .. model.State.Select(s => Scope.Old + s.Name)];
        if (spike.When is { } when)
        {
            Uses(when, spike.Place.At("when"), names, randomAllowed: true, condition: true);
        }

        foreach (Definition then in spike.Then)
        {
            IsState(then);
            Uses(then.Value, then.Place, names, randomAllowed: true);
        }

        if (spike.RefractoryFor is { } duration)
        {
            Uses(duration, spike.Place.At("refractory.for"), Names([.. Scope.Constants, .. model.Parameters.Select(p => p.Name)]));
        }

        foreach (string held in spike.Hold.Where(held => !model.HasState(held)))
        {
            mistakes.Add(spike.Place.At("refractory.hold"), $"{held} is no state variable of {Word}.{Suggestion.For(held, model.State.Select(s => s.Name))}");
        }
    }

    private void Synapse()
    {
        HashSet<string> names = [.. known, Scope.Weight, Scope.Delay];
        foreach (Definition onPre in model.OnPre)
        {
            if (!onPre.Name.StartsWith(Scope.Post, StringComparison.Ordinal))
            {
                IsState(onPre);
            }

            Uses(onPre.Value, onPre.Place, names, partners: true);
        }

        if (model.Current is { } current)
        {
            Uses(current.Value, current.Place, names, partners: model.Kind == ModelKind.Synapse);
        }

        if (model.Kind == ModelKind.Synapse && model.OnPre.IsEmpty && model.Current is null)
        {
            mistakes.Add(model.Place, $"{Word} has neither on_pre nor current, so it would do nothing");
        }
    }

    private void IsState(Definition definition)
    {
        if (!model.HasState(definition.Name))
        {
            mistakes.Add(definition.Place, $"'{definition.Name}' is no state variable of {Word}.{Suggestion.For(definition.Name, model.State.Select(s => s.Name))}");
        }
    }

    private static HashSet<string> Names(params ReadOnlySpan<string> names) => [.. names];

    /// <summary>Helpers are written into the equations, which must stay of a size that can be differentiated and compiled.</summary>
    private void WrittenOut()
    {
        Dictionary<string, Expr> written = [];
        foreach (Definition definition in model.Lets.Concat(model.Equations))
        {
            bool isHelper = model.Lets.Contains(definition);
            Expr whole = Rewriting.Substitute(definition.Value, written);
            if (whole.Size > LargestExpression || whole.Depth > Expr.Deepest)
            {
                mistakes.Add(definition.Place, $"with its helpers written in, the expression has more than {LargestExpression} parts or {Expr.Deepest} levels; make it smaller");
                return;
            }

            if (isHelper)
            {
                written[definition.Name] = whole;
            }
        }
    }

    private void Uses(Expr expr, Place place, HashSet<string> allowed, bool randomAllowed = false, bool partners = false, bool condition = false)
    {
        if (mistakes.IsFull)
        {
            return;
        }

        foreach (string name in Rewriting.NamesIn(expr))
        {
            bool partner = partners && (name.StartsWith(Scope.Pre, StringComparison.Ordinal) || name.StartsWith(Scope.Post, StringComparison.Ordinal));
            if (!partner && !allowed.Contains(name))
            {
                mistakes.Add(place, Unknown(name, allowed));
            }
        }

        if (FindDivisionByZero(Algebra.Simplify(expr)) is { } division)
        {
            mistakes.Add(place, $"'{division}' always divides by zero");
        }

        if (!randomAllowed && expr.IsRandom())
        {
            mistakes.Add(place, "a random function can stand only in params, state and init, where it is drawn once, or in update and spike, where it is drawn every step");
        }

        if (expr.IsCondition() != condition)
        {
            mistakes.Add(place, condition ? $"'{expr}' must be a condition, such as V >= V_th" : $"'{expr}' is a condition where a number is needed; write where({expr}, 1, 0)");
        }
    }

    private string Unknown(string name, IReadOnlyCollection<string> allowed)
    {
        if (Scope.IsNoise(name))
        {
            return $"{name} is noise, which can stand only in the equations (dX/dt) of a neuron";
        }

        bool everyStep = allowed.Contains(Scope.Time);
        if (name is Scope.Weight or Scope.Delay && model.Kind == ModelKind.Synapse)
        {
            return $"{name} can be used only in on_pre and current";
        }

        if (name is Scope.Time or Scope.Dt || model.HasParameter(name) || model.HasState(name) || model.Inputs.Contains(name) || (!everyStep && model.Lets.Any(l => l.Name == name)))
        {
            return $"{name} cannot be used here, where a value is computed once from {string.Join(", ", allowed.Order(StringComparer.Ordinal).Take(20))}";
        }

        return model.Lets.Any(l => l.Name == name)
            ? $"{name} is used before it is defined; helpers under let may use only those above them"
            : $"{Word} has nothing called '{name}'.{Suggestion.For(name, allowed.Where(n => !Scope.Constants.Contains(n)))}";
    }

    /// <summary>A part whose divisor is the number 0; null where there is none.</summary>
    public static Expr? FindDivisionByZero(Expr expr)
    {
        if (expr is not Call call)
        {
            return null;
        }

        return call is { Op: Op.Divide } && call.Arguments[1] is Number { Value: 0 }
            ? call
            : call.Arguments.Select(FindDivisionByZero).FirstOrDefault(found => found is not null);
    }
}
