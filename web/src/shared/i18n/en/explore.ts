/** What /explore says. */
const texts = {
  title: "Explore",
};

export default texts;
