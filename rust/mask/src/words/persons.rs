//! Given names that are known by gender and language; what is written is of the same list.

/// The names of women and of men in one language, without accents and with blanks between.
pub(super) type Language = [&'static str; 2];

const ENGLISH: Language = [
    "Abigail Alice Amelia Barbara Brenda Caroline Charlotte Cynthia Deborah Dorothy Eleanor \
     Elizabeth Emily Evelyn Florence Grace Hannah Hazel Heather Jennifer Jessica Joanna \
     Judith Karen Kathleen Kimberly Laura Linda Margaret Mary Megan Melissa Nancy Olivia \
     Pamela Patricia Phoebe Rachel Rebecca Ruth Samantha Sarah Sharon Sophie Stephanie Susan \
     Theresa Victoria Violet Wendy",
    "Aaron Adam Albert Andrew Anthony Arthur Benjamin Brandon Brian Charles Christopher \
     Daniel David Donald Douglas Edward Eric Frank George Gregory Harold Harry Henry Jacob \
     James Jason Jeffrey John Jonathan Joseph Joshua Justin Keith Kenneth Kevin Larry Mark \
     Matthew Michael Nathan Nicholas Oliver Patrick Paul Peter Philip Raymond Richard Robert \
     Roger Ronald Russell Ryan Samuel Scott Simon Stephen Steven Stuart Thomas Timothy Walter \
     William Zachary",
];

const GERMAN: Language = [
    "Anke Anneliese Antje Astrid Birgit Brigitte Christa Claudia Dagmar Elfriede Elke Frieda \
     Gabriele Gerda Gisela Greta Gudrun Hannelore Heike Helga Hildegard Ilse Inge Ingrid \
     Irmgard Jutta Karin Katharina Katja Liesel Lieselotte Mareike Margarete Monika Petra \
     Renate Sabine Sieglinde Silke Svenja Ulrike Ursula Ute Waltraud",
    "Albrecht Andreas Bernd Bernhard Burkhard Christoph Detlef Dieter Dietmar Eberhard Ernst \
     Friedrich Fritz Gerhard Gottfried Gunther Hans Harald Hartmut Heinrich Heinz Helmut \
     Holger Horst Joachim Jochen Johannes Jurgen Karl Klaus Konrad Kurt Lothar Ludwig Manfred \
     Markus Matthias Norbert Otto Rainer Reinhard Rolf Rudiger Siegfried Stefan Torsten Uwe \
     Volker Werner Wilhelm Wolfgang",
];

const FRENCH: Language = [
    "Adele Agathe Amelie Anais Aurelie Brigitte Camille Celine Chantal Clemence Colette \
     Delphine Elise Elodie Emilie Estelle Fabienne Florence Francoise Genevieve Helene \
     Isabelle Jacqueline Jeanne Josephine Juliette Laetitia Lucie Madeleine Manon Marguerite \
     Marianne Mathilde Mireille Monique Nathalie Noemie Oceane Odile Sandrine Solange Sylvie \
     Therese Valerie Veronique Virginie Yvette",
    "Alain Antoine Armand Aurelien Baptiste Bastien Benoit Bernard Bertrand Cedric Christophe \
     Clement Damien Denis Didier Emile Etienne Fabien Fabrice Francois Frederic Gerard Gilles \
     Guillaume Henri Jacques Jerome Julien Laurent Leon Loic Luc Marcel Mathieu Maxime Michel \
     Olivier Pascal Philippe Pierre Quentin Raphael Remi Rene Sebastien Stephane Sylvain \
     Thibault Thierry Vincent Xavier Yannick Yves",
];

const SPANISH: Language = [
    "Adriana Alejandra Amparo Ana Araceli Beatriz Blanca Carmen Catalina Concepcion Consuelo \
     Dolores Elena Esperanza Estela Fernanda Gabriela Graciela Guadalupe Ines Isabel Jimena \
     Josefina Juana Leticia Lorena Lourdes Lucia Luisa Magdalena Manuela Margarita Maria \
     Marisol Marta Mercedes Montserrat Natalia Paloma Patricia Pilar Raquel Rocio Rosario \
     Silvia Sofia Soledad Teresa Valentina Veronica Yolanda",
    "Agustin Alberto Alejandro Alfonso Alvaro Andres Antonio Arturo Carlos Cesar Cristobal \
     Diego Domingo Eduardo Emilio Enrique Ernesto Esteban Felipe Fernando Francisco Gonzalo \
     Guillermo Gustavo Hector Ignacio Javier Jesus Joaquin Jorge Jose Juan Julio Lorenzo Luis \
     Manuel Miguel Nicolas Octavio Pablo Pedro Rafael Ramon Raul Ricardo Roberto Rodrigo \
     Salvador Santiago Sergio Tomas Vicente",
];

const ITALIAN: Language = [
    "Alessandra Alessia Antonella Arianna Assunta Benedetta Bianca Carla Caterina Cecilia \
     Chiara Cinzia Concetta Cristina Daniela Donatella Eleonora Elisa Elisabetta Emanuela \
     Federica Fiorella Francesca Giada Ginevra Giorgia Giovanna Giulia Giuseppina Ilaria \
     Letizia Loredana Lucrezia Ludovica Maddalena Marcella Mariangela Martina Michela \
     Nicoletta Ornella Paola Patrizia Raffaella Roberta Rosanna Serena Silvana Simona Tiziana",
    "Alessandro Alessio Angelo Attilio Augusto Bruno Carmelo Cesare Claudio Corrado Cosimo \
     Dario Davide Domenico Edoardo Elio Enzo Ettore Fabio Fabrizio Federico Filippo Francesco \
     Franco Gaetano Giacomo Giancarlo Giorgio Giovanni Giuseppe Guido Leonardo Luca Luigi \
     Marcello Marco Mario Massimo Matteo Maurizio Michele Nicolo Paolo Pasquale Pietro \
     Riccardo Rocco Salvatore Silvio Stefano Tommaso Umberto Vincenzo Vittorio",
];

const PORTUGUESE: Language = [
    "Adelaide Aline Antonia Aparecida Bruna Conceicao Debora Edite Eduarda Fabiana Fatima \
     Filipa Flavia Graca Heloisa Iolanda Ivone Joana Jussara Larissa Leonor Lidia Livia \
     Luciana Mafalda Marcia Mariana Marlene Matilde Micaela Natercia Patricia Priscila \
     Rafaela Renata Rita Rosangela Rute Sandra Sonia Susana Tatiana Telma Vania",
    "Adilson Afonso Ailton Anderson Caio Celso Duarte Edson Eduardo Evandro Everton Flavio \
     Geraldo Gilberto Goncalo Heitor Henrique Hugo Jair Joao Joaquim Jorge Leandro Luiz \
     Marcelo Marcio Mauricio Murilo Nelson Nuno Otavio Paulo Renan Renato Rogerio Rui Sandro \
     Thiago Tiago Valdir Vasco Vitor Wagner Wellington Wilson",
];

const DUTCH: Language = [
    "Anneke Annelies Aukje Bregje Carolien Corrie Femke Fenna Geertje Geertruida Grietje \
     Hanneke Heleen Hendrika Ineke Janneke Jantje Joke Jolanda Josje Lieke Loes Lotte Maaike \
     Machteld Margriet Marieke Marijke Marloes Mieke Neeltje Nienke Riet Roos Sanne Saskia \
     Tineke Trijntje Truus Wilhelmina Willemijn",
    "Adriaan Arjen Bart Bram Cornelis Daan Dirk Douwe Evert Floris Frits Geert Gerrit Gijs \
     Hendrik Henk Jaap Jasper Jelle Jeroen Joost Joris Kees Koen Lars Leendert Maarten \
     Marinus Martijn Niels Pieter Reinier Roel Rutger Ruud Sander Sjoerd Teun Thijs Tjeerd \
     Wessel Willem Wim Wouter",
];

const NORDIC: Language = [
    "Aino Annika Asa Astri Birgitta Bodil Britt Dagny Ebba Ellinor Frida Gunilla Gunvor Hedda \
     Helle Henriette Ingeborg Inger Ingunn Kerstin Kirsten Kristin Lisbeth Liv Maja Malin \
     Marit Marjatta Mette Pernille Ragnhild Randi Sigrid Sissel Siv Solveig Synnove Tove \
     Turid Ulla Vibeke Ylva",
    "Aksel Anders Arne Asbjorn Bengt Birger Bjorn Einar Eirik Erik Esben Fredrik Gunnar \
     Haakon Hakan Halvor Henrik Ingvar Jens Jesper Johan Jorgen Kaare Kjell Kjetil Knut Leif \
     Lennart Magnus Mikael Mikkel Morten Odd Olav Ole Oskari Palle Pekka Per Rasmus Rune \
     Sigurd Soren Sten Sven Terje Torbjorn Tore Trond Ulf Vidar",
];

const POLISH: Language = [
    "Agata Agnieszka Aleksandra Alicja Beata Boguslawa Bozena Danuta Dorota Elzbieta Ewa \
     Gabriela Grazyna Halina Hanna Irena Iwona Izabela Jadwiga Joanna Jolanta Justyna Kamila \
     Karolina Katarzyna Kinga Krystyna Ludwika Magdalena Malgorzata Marzena Monika Natalia \
     Patrycja Paulina Renata Sylwia Urszula Weronika Wieslawa Zofia Zuzanna",
    "Adam Andrzej Arkadiusz Bartosz Bogdan Boleslaw Cezary Czeslaw Dariusz Dominik Grzegorz \
     Henryk Jacek Jakub Janusz Jaroslaw Jerzy Kamil Kazimierz Krzysztof Leszek Lukasz Maciej \
     Marcin Marek Mariusz Mateusz Michal Mieczyslaw Mikolaj Pawel Piotr Przemyslaw Radoslaw \
     Ryszard Slawomir Stanislaw Szymon Tadeusz Tomasz Wieslaw Wojciech Zbigniew Zdzislaw",
];

const RUSSIAN: Language = [
    "Aleksandra Alla Anastasia Anna Antonina Daria Ekaterina Elena Evgenia Galina Irina Kira \
     Klavdia Kseniya Larisa Lidia Lilia Lyubov Lyudmila Margarita Marina Nadezhda Natalya \
     Nina Oksana Olga Polina Raisa Rimma Snezhana Svetlana Tamara Tatyana Valeria Vera Yana \
     Yulia Zinaida Zoya",
    "Aleksandr Aleksei Anatoly Andrei Arkady Artem Boris Dmitri Egor Evgeny Fedor Gennady \
     Georgy Gleb Grigory Igor Ilya Ivan Kirill Konstantin Leonid Maksim Mikhail Nikita \
     Nikolai Oleg Pavel Petr Roman Ruslan Semyon Sergei Stanislav Stepan Timofei Vadim Valery \
     Vasily Viktor Vitaly Vladimir Vladislav Vyacheslav Yaroslav Yegor Yuri",
];

const TURKISH: Language = [
    "Asli Aylin Ayse Aysegul Banu Belgin Berna Burcu Canan Derya Didem Ebru Elif Emine Esra \
     Fadime Filiz Gamze Gonul Gulsen Hacer Hande Hatice Havva Hulya Kubra Leyla Meltem Meryem \
     Muge Nesrin Nur Ozge Pinar Seda Selin Sevgi Sibel Sule Tugba Yasemin Zehra Zeynep",
    "Adnan Ahmet Alper Arda Ayhan Baris Bulent Burak Cem Cemal Emre Ender Erdal Erdem Erkan \
     Ersin Fatih Ferhat Gokhan Hakan Haluk Huseyin Ibrahim Ilker Kemal Koray Levent Mehmet \
     Mert Metin Murat Mustafa Okan Onur Orhan Osman Ozan Recep Selcuk Serdar Serkan Sinan \
     Tamer Tolga Ugur Umit Volkan Yasin Yilmaz",
];

const ARABIC: Language = [
    "Aaliyah Aisha Amal Amina Asma Aziza Basma Dalal Dina Fadwa Faiza Farida Fatima Ghada \
     Hafsa Hala Hanan Hayat Hiba Huda Iman Jamila Karima Khadija Latifa Layla Lubna Maha \
     Malika Maryam Mona Nabila Nadia Naima Najwa Noura Rabia Rania Rasha Reem Saida Salma \
     Samira Sana Suad Wafa Yasmin Zahra Zainab",
    "Abbas Abdullah Abdulrahman Adel Ahmed Amir Anwar Ayman Aziz Bassam Faisal Farid Farouk \
     Fouad Hamza Hasan Hashim Hussein Imad Ismail Jamal Jawad Kamal Karim Khaled Mahmoud \
     Majid Malik Mansour Marwan Mohammed Munir Mustapha Nabil Nasser Omar Osama Rachid Rashid \
     Saad Salah Salim Sami Samir Tariq Waleed Walid Yasser Youssef Yusuf Zaid Ziad",
];

const INDIAN: Language = [
    "Aditi Aishwarya Ananya Anjali Anuradha Aparna Archana Asha Bhavna Chitra Deepa Deepika \
     Divya Gayatri Geeta Indira Jaya Jyoti Kalpana Kamala Kavita Kiran Lakshmi Lalita Madhuri \
     Manju Meena Meera Nandini Neha Nisha Padma Pooja Priya Radha Rekha Rukmini Sadhana \
     Savita Seema Shanti Shilpa Shreya Sita Smita Sneha Sudha Sunita Swati Uma Usha Vandana \
     Vidya",
    "Abhishek Ajay Akash Amit Anand Anil Anirudh Arjun Arun Ashok Bharat Deepak Dinesh Ganesh \
     Gaurav Girish Gopal Harish Hemant Jagdish Kailash Karan Krishna Kunal Mahesh Manish \
     Manoj Mohan Mukesh Naveen Nikhil Nitin Pankaj Pradeep Prakash Praveen Rahul Rajesh \
     Rakesh Ramesh Ravi Rohit Sachin Sandeep Sanjay Santosh Satish Shankar Siddharth Subhash \
     Sunil Suresh Tarun Varun Vijay Vikram Vinod Vishal Vivek Yash",
];

const JAPANESE: Language = [
    "Akiko Asuka Atsuko Ayaka Ayumi Chiyo Emiko Fumiko Hanako Haruka Hiroko Hitomi Junko \
     Kaori Kazuko Keiko Kumiko Kyoko Machiko Mariko Masako Mayumi Megumi Michiko Midori Miho \
     Mitsuko Miyuki Nanami Naoko Natsuko Noriko Reiko Sachiko Sakura Satoko Sayuri Setsuko \
     Shizuka Sumiko Takako Tomoko Toshiko Yasuko Yoko Yoshiko Yuka Yukiko Yumi",
    "Akihiro Akira Atsushi Daichi Daisuke Eiji Fumio Goro Haruto Hideki Hideo Hiroki Hiroshi \
     Hisashi Ichiro Jiro Junichi Katsumi Kazuo Kazuya Keiichi Keisuke Kenichi Kenji Kenta \
     Koichi Koji Masahiro Masaki Masao Masato Minoru Mitsuru Naoki Noboru Osamu Ryota Satoshi \
     Seiji Shigeru Shinichi Shinji Shota Susumu Tadashi Takahiro Takashi Takeshi Taro Tetsuya \
     Toshio Tsuyoshi Yasuo Yoshio Yuji Yusuke Yutaka",
];

/// Every language; a name of several has the first.
pub(super) const LANGUAGES: &[Language] = &[
    ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, PORTUGUESE, DUTCH, NORDIC, POLISH, RUSSIAN, TURKISH,
    ARABIC, INDIAN, JAPANESE,
];
