using System.CommandLine;
using BrainSim.Engine.Models;
using BrainSim.Engine.Units;

namespace BrainSim.Coordinator.CommandLine;

/// <summary><c>models [NAME]</c>: the built-in models, or the text of one.</summary>
internal static class ModelsCommand
{
    public static Command Define()
    {
        Argument<string?> name = new("NAME") { Description = "A model, to print its file.", Arity = ArgumentArity.ZeroOrOne };
        Command command = new("models", "Lists the built-in models, or prints the file of one.") { name };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(name) is { } wanted)
            {
                Print(wanted);
            }
            else
            {
                List();
            }

            return Cli.Done;
        });
        return command;
    }

    private static void Print(string name)
    {
        if (ModelLibrary.Find(name) is null)
        {
            throw new UserMistakeException(new Place("models", 0, 0, name), $"there is no such model.{Suggestion.For(name, ModelLibrary.Names)} 'brainsim models' lists them.");
        }

        Console.Write(ModelLibrary.Text(name));
    }

    private static void List()
    {
        ModelSpec[] models = [.. ModelLibrary.Names.Select(name => ModelLibrary.Find(name)!)];
        int width = models.Max(m => m.Name.Length);
        foreach (IGrouping<ModelKind, ModelSpec> kind in models.GroupBy(m => m.Kind).OrderBy(g => g.Key))
        {
            Console.WriteLine($"{kind.Key} models");
            foreach (ModelSpec model in kind)
            {
                Console.WriteLine($"  {model.Name.PadRight(width)}  {model.Summary}");
            }

            Console.WriteLine();
        }

        Console.WriteLine("'brainsim models NAME' prints a model's file: its parameters, their units and defaults, and its equations.");
    }
}
